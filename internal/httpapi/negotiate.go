package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// mediaType is that of an answer; the charset is always said.
type mediaType string

const (
	legacyJSON  mediaType = "application/json; charset=utf-8"
	graphqlJSON mediaType = "application/graphql-response+json; charset=utf-8"
)

// negotiate picks the media type of the answer from the Accept headers, or reports that none is in common. Equal wishes
// go to application/graphql-response+json, whose status codes say more, if it was named.
func negotiate(accept []string) (mediaType, bool) {
	switch len(accept) {
	case 0:
		return legacyJSON, true
	case 1:
		switch accept[0] {
		case "", "*/*", "application/json":
			return legacyJSON, true
		case "application/graphql-response+json":
			return graphqlJSON, true
		}
	}

	// The more specific range decides for its type, whatever the order.
	named, legacy, anyApplication, anything := -1.0, -1.0, -1.0, -1.0
	for item := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		if cs := params["charset"]; cs != "" && !strings.EqualFold(cs, "utf-8") {
			continue
		}
		q, ok := quality(params["q"])
		if !ok {
			continue
		}
		switch name {
		case "application/graphql-response+json":
			named = max(named, q)
		case "application/json":
			legacy = max(legacy, q)
		case "application/*":
			anyApplication = max(anyApplication, q)
		case "*/*":
			anything = max(anything, q)
		}
	}
	wildcard := anything
	if anyApplication >= 0 {
		wildcard = anyApplication
	}
	if legacy < 0 {
		legacy = wildcard
	}
	switch {
	case named > 0 && named >= legacy:
		return graphqlJSON, true
	case legacy > 0:
		return legacyJSON, true
	case named < 0 && wildcard > 0: // application/json refused by name
		return graphqlJSON, true
	default:
		return legacyJSON, false
	}
}

func quality(s string) (float64, bool) {
	if s == "" {
		return 1, true
	}
	q, err := strconv.ParseFloat(s, 64)
	return q, err == nil && q >= 0 && q <= 1
}

// acceptsGzip reports whether the client takes gzip by name.
func acceptsGzip(h http.Header) bool {
	for _, header := range h.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(header, ",") {
			coding, params, _ := strings.Cut(strings.TrimSpace(item), ";")
			if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
				continue
			}
			q, ok := quality(strings.TrimPrefix(strings.TrimSpace(params), "q="))
			return ok && q > 0
		}
	}
	return false
}

// bearerToken returns the token of the Authorization header, "" without one. Any other use of the header is refused:
// taking it for an anonymous caller would hide a client's mistake behind missing data.
func bearerToken(values []string) (token string, ok bool) {
	switch len(values) {
	case 0:
		return "", true
	case 1:
		scheme, token, found := strings.Cut(values[0], " ")
		token = strings.TrimSpace(token)
		if !found || token == "" || len(token) > maxTokenBytes || !strings.EqualFold(scheme, "Bearer") {
			return "", false
		}
		return token, true
	default:
		return "", false
	}
}

const maxTokenBytes = 8 << 10
