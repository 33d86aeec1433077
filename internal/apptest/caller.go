package apptest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"aftersales/internal/auth"
	"aftersales/internal/clock"
)

// Caller is somebody with a token; the zero Token is an anonymous caller.
type Caller struct {
	Env   *Env
	Token string
	// Lang is sent as Accept-Language; empty sends none.
	Lang string
}

// As is a caller with a role at a merchant (slug or id; "" for PLATFORM_ADMIN); a CUSTOMER is named by external id.
func (e *Env) As(role auth.Role, merchant, subject string) Caller {
	e.t.Helper()
	c := auth.Claims{Subject: subject, Role: role, Merchant: merchant, ExpiresAt: clock.Real().Add(time.Hour)}
	if role == auth.Customer {
		c.Customer = subject
	}
	token, err := auth.Sign([]byte(secret), "test", c, clock.Real())
	if err != nil {
		e.t.Fatalf("token: %v", err)
	}
	return Caller{Env: e, Token: token}
}

// Anonymous is a caller without a token.
func (e *Env) Anonymous() Caller { return Caller{Env: e} }

// At is the same caller at another server.
func (c Caller) At(e *Env) Caller {
	c.Env = e
	return c
}

// In is the same caller reading another language.
func (c Caller) In(lang string) Caller {
	c.Lang = lang
	return c
}

// Response is a GraphQL answer.
type Response struct {
	Status int             `json:"-"`
	Raw    string          `json:"-"`
	Data   json.RawMessage `json:"data"`
	Errors []Error         `json:"errors"`
}

// Error is a top-level error.
type Error struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Extensions map[string]any `json:"extensions"`
}

// Code is the error's extensions.code.
func (e Error) Code() string {
	s, _ := e.Extensions["code"].(string)
	return s
}

// Vars are the variables of an operation.
type Vars = map[string]any

// Do sends an operation and returns the answer, whatever it is. It may be called from several goroutines.
func (c Caller) Do(query string, vars Vars) Response {
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		c.Env.t.Errorf("marshal: %v", err)
		return Response{}
	}
	req, err := http.NewRequest(http.MethodPost, c.Env.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		c.Env.t.Errorf("request: %v", err)
		return Response{}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Lang != "" {
		req.Header.Set("Accept-Language", c.Lang)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Env.t.Errorf("POST: %v", err)
		return Response{}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Env.t.Errorf("read: %v", err)
	}
	out := Response{Status: resp.StatusCode, Raw: string(raw)}
	if err := json.Unmarshal(raw, &out); err != nil {
		c.Env.t.Errorf("answer is not JSON (status %d): %s", resp.StatusCode, raw)
	}
	return out
}

// Must sends an operation that has to succeed without top-level errors and userErrors anywhere in the first level of its
// payloads, and returns the data.
func (c Caller) Must(query string, vars Vars) Data {
	c.Env.t.Helper()
	r := c.Do(query, vars)
	if len(r.Errors) > 0 {
		c.Env.t.Fatalf("unexpected errors: %s", r.Raw)
	}
	d := ParseData(c.Env.t, r.Data)
	for field, v := range d.m {
		if payload, ok := v.(map[string]any); ok {
			if errs, ok := payload["userErrors"].([]any); ok && len(errs) > 0 {
				c.Env.t.Fatalf("%s: unexpected userErrors: %s", field, r.Raw)
			}
		}
	}
	return d
}

// Refused sends a mutation that has to be refused with userErrors, and returns them.
func (c Caller) Refused(query string, vars Vars) []Data {
	c.Env.t.Helper()
	r := c.Do(query, vars)
	if len(r.Errors) > 0 {
		c.Env.t.Fatalf("top-level errors instead of userErrors: %s", r.Raw)
	}
	d := ParseData(c.Env.t, r.Data)
	for _, v := range d.m {
		if payload, ok := v.(map[string]any); ok {
			if errs, ok := payload["userErrors"].([]any); ok && len(errs) > 0 {
				out := make([]Data, len(errs))
				for i, e := range errs {
					out[i] = Data{c.Env.t, e.(map[string]any)}
				}
				return out
			}
		}
	}
	c.Env.t.Fatalf("was not refused: %s", r.Raw)
	return nil
}
