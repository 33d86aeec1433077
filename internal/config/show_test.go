package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"aftersales/internal/config"
)

func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	c, err := config.Load(vars("DATABASE_URL=postgres://dbuser:dbpass@db.example:5433/shop?password=dbpass2&sslmode=require", "JWT_SECRET="+secret, "JWT_ISSUER=https://id.example"))
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(map[string]any{"config": c, "secret": c.JWTSecret})
	if err != nil {
		t.Fatal(err)
	}
	var text, lines bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "config", c, "secret", c.JWTSecret)
	slog.New(slog.NewJSONHandler(&lines, nil)).Info("x", "config", c, "secret", c.JWTSecret)
	for name, shown := range map[string]string{
		"String": c.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "pointer": fmt.Sprintf("%+v", &c),
		"inside": fmt.Sprintf("%+v", struct{ C config.Config }{c}), "JSON": string(asJSON), "slog text": text.String(), "slog JSON": lines.String(),
	} {
		for _, hidden := range []string{secret, "dbuser", "dbpass"} {
			if strings.Contains(shown, hidden) {
				t.Errorf("%s shows %s: %s", name, hidden, shown)
			}
		}
		for _, wanted := range []string{"[redacted]", "db.example:5433/shop", "https://id.example"} {
			if !strings.Contains(shown, wanted) {
				t.Errorf("%s lacks %s: %s", name, wanted, shown)
			}
		}
	}
	for _, verb := range []string{"%v", "%s", "%q", "%#v", "%x"} {
		if shown := fmt.Sprintf(verb, c.JWTSecret); strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s of the secret: %s", verb, shown)
		}
	}
	embedded, err := config.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(embedded.String(), "[redacted]") {
		t.Errorf("a secret that is not set looks set: %s", embedded)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := config.Describe(&out); err != nil {
		t.Fatal(err)
	}
	fields := reflect.TypeFor[config.Config]()
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(rows) != fields.NumField()+1 {
		t.Fatalf("%d rows for %d settings", len(rows), fields.NumField())
	}
	for i := range fields.NumField() {
		tag := fields.Field(i).Tag
		if tag.Get("env") == "" || tag.Get("doc") == "" || tag.Get("expect") == "" {
			t.Errorf("%s lacks env, doc or expect", fields.Field(i).Name)
		}
		row := rows[i+1]
		if !strings.HasPrefix(row, tag.Get("env")+" ") || !strings.HasSuffix(row, tag.Get("doc")) || !strings.Contains(row, " "+tag.Get("envDefault")) {
			t.Errorf("row %d is %q", i+1, row)
		}
	}
}
