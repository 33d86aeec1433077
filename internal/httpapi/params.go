package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// refusal is a request that never became a GraphQL request: the same status in every media type.
type refusal struct {
	status int
	err    *gqlerror.Error
}

func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status, codedError(code, format, args...)}
}

func badRequest(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, CodeBadRequest, format, args...)
}

// postParams reads the parameters of a POST. The limit is on bytes as sent; compressed bodies are not accepted.
func postParams(w http.ResponseWriter, r *http.Request, limit int64) (*graphql.RawParams, *refusal) {
	if ref := checkContent(r.Header); ref != nil {
		return nil, ref
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	buf := getBuffer()
	defer putBuffer(buf)
	if _, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, tooLarge(limit)
		}
		return nil, badRequest("the body could not be read")
	}
	params, err := decodeParams(buf.Bytes())
	if err != nil {
		return nil, badRequest("%s", err)
	}
	return params, nil
}

func tooLarge(limit int64) *refusal {
	return refuse(http.StatusRequestEntityTooLarge, CodeRequestTooLarge, "the body is larger than %d bytes", limit)
}

func checkContent(h http.Header) *refusal {
	unsupported := func() *refusal {
		return refuse(http.StatusUnsupportedMediaType, CodeUnsupportedMediaType, "the body must be application/json in UTF-8")
	}
	switch enc := h.Get("Content-Encoding"); enc {
	case "", "identity":
	default:
		return refuse(http.StatusUnsupportedMediaType, CodeUnsupportedMediaType, "compressed bodies are not accepted")
	}
	values := h.Values("Content-Type")
	if len(values) != 1 {
		return unsupported()
	}
	if values[0] == "application/json" {
		return nil
	}
	mediaType, params, err := mime.ParseMediaType(values[0])
	charset := params["charset"]
	if err != nil || mediaType != "application/json" || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return unsupported()
	}
	return nil
}

var (
	errNotJSON     = errors.New("the request is not valid JSON in UTF-8")
	errNotObject   = errors.New("the request must be one JSON object; batches are not supported")
	errNoQuery     = errors.New(`"query" is required`)
	errQuery       = errors.New(`"query" must be a string`)
	errOperation   = errors.New(`"operationName" must be a string or null`)
	errVariables   = errors.New(`"variables" must be an object or null`)
	errExtensions  = errors.New(`"extensions" must be an object or null`)
	errTwice       = errors.New("a parameter is given twice")
	errQueryString = errors.New("the query string is malformed")
)

// decodeParams reads one JSON object with exactly spelt names; names it does not know are reserved by the specification
// and ignored. Numbers stay text, so that no digit of an amount or id is lost. The error is fit for the client.
func decodeParams(data []byte) (*graphql.RawParams, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errNotJSON
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if start, err := dec.Token(); err != nil {
		return nil, errNotJSON
	} else if start != json.Delim('{') {
		return nil, errNotObject
	}

	params := new(graphql.RawParams)
	seen := make(map[string]bool, 4)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, errNotJSON
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, errNotJSON
		}
		name, _ := key.(string)
		if seen[name] {
			return nil, errTwice
		}
		seen[name] = true
		if err := setParam(params, name, value); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return params, checkQuery(params)
}

func setParam(params *graphql.RawParams, name string, value any) error {
	ok := true
	switch name {
	case "query":
		if params.Query, ok = value.(string); !ok && value != nil {
			return errQuery
		}
	case "operationName":
		if params.OperationName, ok = value.(string); !ok && value != nil {
			return errOperation
		}
	case "variables":
		if params.Variables, ok = value.(map[string]any); !ok && value != nil {
			return errVariables
		}
	case "extensions":
		if params.Extensions, ok = value.(map[string]any); !ok && value != nil {
			return errExtensions
		}
	}
	return nil
}

// checkQuery requires a query unless a persisted one is named.
func checkQuery(params *graphql.RawParams) error {
	if params.Query == "" && params.Extensions["persistedQuery"] == nil {
		return errNoQuery
	}
	return nil
}

// getParams reads the parameters of a GET; variables and extensions are JSON in the query string.
func getParams(u *url.URL) (*graphql.RawParams, *refusal) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, badRequest("%s", errQueryString)
	}
	params := new(graphql.RawParams)
	for name, given := range values {
		switch name {
		case "query", "operationName", "variables", "extensions":
		default:
			continue
		}
		if len(given) > 1 {
			return nil, badRequest("%s", errTwice)
		}
		if !utf8.ValidString(given[0]) {
			return nil, badRequest("%s", errQueryString)
		}
		var value any = given[0]
		if name == "variables" || name == "extensions" {
			if value, err = decodeJSON(given[0]); err != nil {
				return nil, badRequest("%s", err)
			}
		}
		if err := setParam(params, name, value); err != nil {
			return nil, badRequest("%s", err)
		}
	}
	if err := checkQuery(params); err != nil {
		return nil, badRequest("%s", err)
	}
	return params, nil
}

// decodeJSON reads one JSON value; the empty string counts as absent.
func decodeJSON(text string) (value any, err error) {
	if text == "" {
		return nil, nil
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&value) != nil {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return value, nil
}
