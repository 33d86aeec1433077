package httpapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	gzipFrom = 1400 // bytes: what fits one packet gains nothing
	// keepBuffer is the largest buffer that goes back to the pool; an import must not pin its megabytes.
	keepBuffer = 256 << 10
)

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	gzips   = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return w }}
)

func getBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		b.Reset()
		buffers.Put(b)
	}
}

// appendResponse writes a GraphQL response. The executor's data are JSON already and go out as they are: encoding/json
// would check and copy every byte again. A response without data leaves the entry out, as a request error must.
func appendResponse(b *bytes.Buffer, resp *graphql.Response) {
	if len(resp.Errors) == 0 && resp.Data == nil {
		resp = &graphql.Response{Errors: gqlerror.List{internalError()}}
	}
	b.WriteByte('{')
	if len(resp.Errors) > 0 {
		b.WriteString(`"errors":`)
		appendErrors(b, resp.Errors)
	}
	if resp.Data != nil {
		if len(resp.Errors) > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"data":`)
		b.Write(resp.Data)
	}
	if len(resp.Extensions) > 0 {
		if ext, err := json.Marshal(resp.Extensions); err == nil {
			b.WriteString(`,"extensions":`)
			b.Write(ext)
		}
	}
	b.WriteByte('}')
}

// appendErrors writes the list; should an extension not be JSON, the answer says no more than that something failed.
func appendErrors(b *bytes.Buffer, errs gqlerror.List) {
	text, err := json.Marshal(errs)
	if err != nil {
		text, _ = json.Marshal(gqlerror.List{internalError()})
	}
	b.Write(text)
}

// statusOf is the HTTP status of a well-formed GraphQL request's answer; see the package comment.
func statusOf(resp *graphql.Response, mt mediaType) int {
	if resp.Data != nil {
		return http.StatusOK
	}
	status := http.StatusBadRequest
	if len(resp.Errors) > 0 {
		switch codeOf(resp.Errors[0]) {
		case CodeInternal:
			return http.StatusInternalServerError
		case CodeBadRequest:
			return http.StatusBadRequest
		case CodeTimeout, CodeUnavailable:
			return http.StatusServiceUnavailable
		case CodeUnauthenticated:
			status = http.StatusUnauthorized
		case "FORBIDDEN":
			status = http.StatusForbidden
		}
	}
	if mt == legacyJSON {
		return http.StatusOK
	}
	return status
}

func writeResponse(w http.ResponseWriter, r *http.Request, mt mediaType, status int, resp *graphql.Response) {
	noteErrors(r.Context(), resp.Errors)
	b := getBuffer()
	defer putBuffer(b)
	appendResponse(b, resp)

	h := w.Header()
	h.Set("Content-Type", string(mt))
	if b.Len() < gzipFrom || r.Method == http.MethodHead || !acceptsGzip(r.Header) {
		h.Set("Content-Length", strconv.Itoa(b.Len()))
		w.WriteHeader(status)
		_, _ = w.Write(b.Bytes())
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzips.Get().(*gzip.Writer)
	defer gzips.Put(z)
	z.Reset(w)
	_, _ = z.Write(b.Bytes())
	_ = z.Close()
}

func writeRefusal(w http.ResponseWriter, r *http.Request, mt mediaType, ref *refusal) {
	writeResponse(w, r, mt, ref.status, &graphql.Response{Errors: gqlerror.List{ref.err}})
}
