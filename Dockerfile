# Afterbeep as one static binary in an empty image: certificates and time zones
# are compiled into it.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /out/afterbeep ./cmd/afterbeep \
 && CGO_ENABLED=0 go build -trimpath -o /out/koresim ./cmd/koresim \
 && mkdir -m 0700 /out/data /out/tmp

FROM scratch
COPY --from=build /out/afterbeep /out/koresim /
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
ENV AFTERBEEP_DATA_DIR=/data AFTERBEEP_LISTEN=:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/afterbeep"]
CMD ["serve"]
