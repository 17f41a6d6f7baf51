-- +goose Up
-- The twin of sqlite/0012_deliveries.sql.
-- Deliveries that ended, those that ended longest ago first: they are forgotten in
-- that order.
CREATE INDEX deliveries_ended ON deliveries (ended_at, id) WHERE ended_at IS NOT NULL;
