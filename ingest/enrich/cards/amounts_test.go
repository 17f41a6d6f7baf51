package cards

import "testing"

// Amounts in a row are no card, whose digits they may have.
func TestAmounts(t *testing.T) {
	checkMasks(t, []masking{
		{"amounts", "en", "amounts 2348 8998 1618 3802", ""},
		{"with a word between", "en", "the prices are 2348 8998 1618 3802", ""},
		{"importes", "es", "importes 4967 4647 4139 4671", ""},
		{"montants", "fr", "montants 2533 6519 9645 9303", ""},
		{"beträge", "de", "Beträge 378 4357 9915 6320", ""},
		{"a sum of", "en", "a sum of 2348 8998 1618 3802", ""},
		{"a colon", "en", "totals: 2348 8998 1618 3802", ""},
		{"a card is charged", "en", "charge the total amount 4539 1488 0343 6467", "charge the total amount [card ending 6467]"},
		{"called a card", "en", "visa amounts 4539 1488 0343 6467", "visa amounts [card ending 6467]"},
		{"one run", "en", "amounts 4539148803436467", "amounts [card ending 6467]"},
		{"another sentence", "en", "those are the totals. 4539 1488 0343 6467", "those are the totals. [card ending 6467]"},
		{"amount and card", "en", "the amount is 50 4539 1488 0343 6467", "the amount is 50 [card ending 6467]"},
	})
}
