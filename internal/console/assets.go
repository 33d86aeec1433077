package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// contentTypes also decides which embedded files are served. It is a table because mime.TypeByExtension asks the machine.
var contentTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

// asset is one embedded file under the name that its content gives it.
type asset struct {
	contentType string
	hash        string
	plain       []byte
	gzipped     func() []byte // made once, by the first visitor who accepts it
}

type assets struct {
	byURL map[string]*asset // by "page.0123456789abcdef.js"
	urls  map[string]string // from "page.js"
}

func loadAssets() *assets {
	a := &assets{byURL: map[string]*asset{}, urls: map[string]string{}}
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ext := path.Ext(name)
		contentType, served := contentTypes[ext]
		if !served {
			return nil
		}
		content, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:8])
		base := path.Base(name)
		url := strings.TrimSuffix(base, ext) + "." + hash + ext
		a.urls[base] = url
		a.byURL[url] = &asset{
			contentType: contentType, hash: hash, plain: content,
			gzipped: sync.OnceValue(func() []byte { return compress(content) }),
		}
		return nil
	})
	if err != nil {
		panic("console: embedded assets: " + err.Error()) // the files are inside the binary
	}
	return a
}

// path is the URL of the embedded file of that base name; the template calls it, a missing file is a broken build.
func (a *assets) path(base string) string {
	url, ok := a.urls[base]
	if !ok {
		panic("console: no embedded asset " + base)
	}
	return "/assets/" + url
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byURL[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	secure(h)
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body, tag := f.plain, f.hash
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, tag = f.gzipped(), f.hash+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	// No modification time: embedded files have none, the tag says it all.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads the header as far as browsers and proxies use it: listed, and not refused by a zero weight.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		weight, weighted := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

func compress(content []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	// Writing to memory cannot fail.
	_, _ = zw.Write(content)
	_ = zw.Close()
	return buf.Bytes()
}
