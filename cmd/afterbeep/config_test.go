package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runProgram runs the program in this process and returns its exit status and
// what it printed.
func runProgram(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errOut)
	return code, out.String(), errOut.String()
}

func connect(t *testing.T) {
	t.Helper()
	t.Setenv("AFTERBEEP_DATA_DIR", t.TempDir())
	for name, value := range map[string]string{
		"BASE_URL": "https://platform.kore.ai", "BOT_ID": "st-1", "ACCOUNT_ID": "acc", "CLIENT_ID": "cs-1", "CLIENT_SECRET": "s3cret-value",
	} {
		t.Setenv("AFTERBEEP_KORE_"+name, value)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"DATABASE_URL", "mysql://u:pa55word@h/db", "AFTERBEEP_DATABASE_URL: must start with postgres://"},
		{"DATABASE_URL", "postgres://u:pa55word@h:port/db", "AFTERBEEP_DATABASE_URL: is not a URL"},
		{"DATABASE_URL", "sqlite:", "AFTERBEEP_DATABASE_URL: must"},
		{"DATABASE_URL", "sqlite::memory:", "AFTERBEEP_DATABASE_URL: a database in memory"},
		{"LISTEN", "8080", `AFTERBEEP_LISTEN: "8080" is not an address`},
		{"LISTEN", ":99999", `AFTERBEEP_LISTEN: "99999" is not a port`},
		{"PUBLIC_URL", "voicemail.example.com", "AFTERBEEP_PUBLIC_URL: must be http:// or https://"},
		{"PUBLIC_URL", "https://example.com/voice", "without a path"},
		{"KORE_BASE_URL", "platform.kore.ai", "AFTERBEEP_KORE_BASE_URL: must be https://"},
		{"KORE_BOT_ID", "", "half set: AFTERBEEP_KORE_BOT_ID missing"},
		{"KORE_JWT_ALG", "none", "AFTERBEEP_KORE_JWT_ALG: \"none\" is not allowed; use HS256 or HS512"},
		{"KORE_CONSOLE_URL", "https://console.example/{session}", "AFTERBEEP_KORE_CONSOLE_URL: may have {session_id}"},
		{"KORE_CONSOLE_URL", "https://console.example/", "must have {session_id} or {conversation_id} in it"},
		{"KORE_JWT_JTI", "perhaps", "AFTERBEEP_KORE_JWT_JTI"},
		{"KORE_MEDIA_HOSTS", "https://media.example.com/x", "AFTERBEEP_KORE_MEDIA_HOSTS"},
		{"KORE_RATE_PER_MINUTE", "0", "AFTERBEEP_KORE_RATE_PER_MINUTE: \"0\" is not allowed"},
		{"KORE_RATE_PER_MINUTE", "many", "AFTERBEEP_KORE_RATE_PER_MINUTE: \"many\" is not allowed"},
		{"INGEST_SCHEDULE", "every day", "AFTERBEEP_INGEST_SCHEDULE"},
		{"INGEST_SCHEDULE", "TZ=0 * * * * *", "AFTERBEEP_INGEST_SCHEDULE"},
		{"INGEST_SCHEDULE", "0 0 30 2 *", "AFTERBEEP_INGEST_SCHEDULE"},
		{"INGEST_LOOKBACK", "two days", "AFTERBEEP_INGEST_LOOKBACK"},
		{"INGEST_LOOKBACK", "5m", "an hour or more"},
		{"DISCOVERY", "guess", "AFTERBEEP_DISCOVERY: \"guess\" is not allowed; use calldetails or getsessions or none"},
		{"DEFAULT_REGION", "Mars", "AFTERBEEP_DEFAULT_REGION"},
		{"LOG_FORMAT", "xml", "AFTERBEEP_LOG_FORMAT"},
		{"KORE_CLIENT_SECRET_FILE", "/some/file", "AFTERBEEP_KORE_CLIENT_SECRET and AFTERBEEP_KORE_CLIENT_SECRET_FILE are both set"},
		{"KORE_BOT_ID_FILE", "/nowhere/file", "both set"},
		{"KORE_RATE_PER_MINUTE", "-1", "AFTERBEEP_KORE_RATE_PER_MINUTE: \"-1\" is not allowed"},
		{"KORE_RATE_PER_MINUTE", "NaN", "AFTERBEEP_KORE_RATE_PER_MINUTE: \"NaN\" is not allowed"},
		{"BOTS_FILE", "/nowhere/bots.json", "AFTERBEEP_BOTS_FILE: /nowhere/bots.json: no such file"},
		{"SECRET_KEY", "k", "AFTERBEEP_SECRET_KEY: is too short"},
		{"HOOK_TOKEN", "t", "AFTERBEEP_HOOK_TOKEN: is too short"},
		{"ARCHIVE", "tape", "AFTERBEEP_ARCHIVE: \"tape\" is not allowed; use off, disk or s3://BUCKET/PREFIX"},
		{"ARCHIVE", "s3:///prefix", "AFTERBEEP_ARCHIVE: names no bucket"},
		{"ARCHIVE", "s3://bucket", "s3 also needs AFTERBEEP_S3_ENDPOINT, AFTERBEEP_S3_ACCESS_KEY_ID, AFTERBEEP_S3_SECRET_ACCESS_KEY"},
		{"ARCHIVE_MAX_BYTES", "plenty", "AFTERBEEP_ARCHIVE_MAX_BYTES: \"plenty\" is not a size"},
		{"ARCHIVE_MIN_FREE", "-1", "AFTERBEEP_ARCHIVE_MIN_FREE: \"-1\" is not a size"},
		{"CALL_RECORDINGS", "some", "AFTERBEEP_CALL_RECORDINGS: \"some\" is not allowed"},
		{"REDACT", "names", "AFTERBEEP_REDACT: \"names\" is not allowed; want cards or off"},
		{"RETENTION", "1w", "AFTERBEEP_RETENTION is not supported yet"},
		{"OIDC_ISSUER", "https://id", "AFTERBEEP_OIDC_ISSUER is not supported yet"},
		{"OIDC_CLIENT_ID", "x", "AFTERBEEP_OIDC_CLIENT_ID is not supported yet"},
		{"OIDC_CLIENT_SECRET", "x", "AFTERBEEP_OIDC_CLIENT_SECRET is not supported yet"},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			connect(t)
			t.Setenv("AFTERBEEP_"+test.name, test.value)
			code, _, stderr := runProgram(t, "serve")
			if code != 2 || !strings.Contains(stderr, test.want) {
				t.Errorf("exit status %d, printed %q; want 2 and %q", code, stderr, test.want)
			}
			for _, secret := range []string{"pa55word", "s3cret-value"} {
				if strings.Contains(stderr, secret) {
					t.Errorf("a secret is printed: %q", stderr)
				}
			}
		})
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	connect(t)
	t.Setenv("AFTERBEEP_LISTEN", "here")
	t.Setenv("AFTERBEEP_INGEST_LOOKBACK", "long")
	_, _, stderr := runProgram(t, "serve")
	for _, want := range []string{"AFTERBEEP_LISTEN", "AFTERBEEP_INGEST_LOOKBACK"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%s is not named in %q", want, stderr)
		}
	}
}

func settingsOf(t *testing.T, environ map[string]string, args ...string) Settings {
	t.Helper()
	t.Setenv("AFTERBEEP_DATA_DIR", t.TempDir())
	for name, value := range environ {
		t.Setenv(name, value)
	}
	var c cli
	parser, err := newParser(&c, os.Stdout, os.Stderr, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append(args, "version")); err != nil {
		t.Fatal(err)
	}
	return c.Settings
}

func TestWhereSettingsComeFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(" two words \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settingsOf(t, map[string]string{
		"AFTERBEEP_KORE_CLIENT_SECRET_FILE": file,
		"AFTERBEEP_LISTEN":                  "127.0.0.1:1",
		"AFTERBEEP_KORE_BOT_ID":             "",
		"AFTERBEEP_KORE_JWT_ALG":            "HS512",
		"AFTERBEEP_INGEST_SCHEDULE":         "",
	}, "--listen", "127.0.0.1:2")
	for _, test := range []struct{ name, got, want string }{
		{"a file, less one newline", s.KoreClientSecret, " two words "},
		{"a flag goes before the environment", s.Listen, "127.0.0.1:2"},
		{"the environment", s.KoreJWTAlg, "HS512"},
		{"an empty variable counts as unset", s.IngestSchedule, "*/5 * * * *"},
		{"a default", s.IngestLookback, "48h"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestConfigValues(t *testing.T) {
	tests := []struct {
		name    string
		environ map[string]string
		got     func(Config) string
		want    string
	}{
		{"sqlite path", map[string]string{"DATABASE_URL": "sqlite:/srv/a b.db"}, func(c Config) string { return c.SQLitePath }, "/srv/a b.db"},
		{"postgres", map[string]string{"DATABASE_URL": "postgresql://h/db"}, func(c Config) string { return c.PostgresURL + c.SQLitePath }, "postgresql://h/db"},
		{"public url from listen", map[string]string{"LISTEN": ":8081"}, func(c Config) string { return c.PublicURL }, "http://localhost:8081"},
		{"public url", map[string]string{"PUBLIC_URL": "https://vm.example.com/"}, func(c Config) string { return c.PublicURL }, "https://vm.example.com"},
		{"media hosts", map[string]string{"KORE_MEDIA_HOSTS": " 127.0.0.1:9 , *.example.com,"}, func(c Config) string { return strings.Join(c.MediaHosts, "|") }, "127.0.0.1:9|*.example.com"},
		{"console", map[string]string{"KORE_CONSOLE_URL": "https://console.example/{bot_id}/{session_id}"}, func(c Config) string { return c.ConsoleURL }, "https://console.example/{bot_id}/{session_id}"},
		{"region", map[string]string{"DEFAULT_REGION": "de"}, func(c Config) string { return c.Region }, "DE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			environ := map[string]string{}
			for name, value := range test.environ {
				environ["AFTERBEEP_"+name] = value
			}
			c, err := settingsOf(t, environ).Config()
			if err != nil {
				t.Fatal(err)
			}
			if got := test.got(c); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
