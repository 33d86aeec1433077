package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aftersales/internal/httpapi"
	"aftersales/internal/httpapi/internal/testschema"
)

// A database that does not answer says nothing about the token: the client keeps it and tries again.
func TestTroubleOfOursIsNoBadToken(t *testing.T) {
	t.Parallel()
	h := httpapi.New(httpapi.Config{Schema: testschema.NewSchema(newResolver()), Authenticate: func(ctx context.Context, _ string) (context.Context, httpapi.LogIdentity, error) {
		return ctx, httpapi.LogIdentity{}, fmt.Errorf("identify: %w: connection refused", httpapi.ErrUnavailable)
	}})
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ __typename }"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("status %d, headers %v", w.Code, w.Header())
	}
	if body := w.Body.String(); !strings.Contains(body, httpapi.CodeUnavailable) || strings.Contains(body, "refused") {
		t.Errorf("body %s", body)
	}
}
