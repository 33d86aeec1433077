package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
)

var assetURL = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// assetsOf lists the distinct parts that the page names.
func assetsOf(page string) []string {
	var urls []string
	seen := map[string]bool{}
	for _, m := range assetURL.FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			urls = append(urls, m[1])
		}
	}
	return urls
}

func TestAssetsAreTypedAndCachedForEver(t *testing.T) {
	t.Parallel()
	cfg := demo()
	urls := assetsOf(ask(t, cfg, "GET", "/").body)
	if len(urls) != 10 {
		t.Fatalf("page names %v", urls)
	}
	types := map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	}
	hashed := regexp.MustCompile(`^/assets/[a-zA-Z.-]+\.[0-9a-f]{16}\.(js|css|svg|txt)$`)
	total := 0
	for _, url := range urls {
		if !hashed.MatchString(url) {
			t.Errorf("%s does not name its content", url)
		}
		a := ask(t, cfg, "GET", url)
		total += len(a.body)
		if a.status != http.StatusOK || a.body == "" || a.header.Get("Content-Type") != types[path.Ext(url)] ||
			a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.header.Get("X-Content-Type-Options") != "nosniff" ||
			a.header.Get("Vary") != "Accept-Encoding" || a.header.Get("Content-Encoding") != "" || a.header.Get("Last-Modified") != "" {
			t.Errorf("%s: %d %v", url, a.status, a.header)
		}
		again := ask(t, cfg, "GET", url, "If-None-Match", a.header.Get("ETag"))
		if again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s with its tag %q: %d, %d bytes", url, a.header.Get("ETag"), again.status, len(again.body))
		}
	}
	if total > 3<<20 {
		t.Errorf("the console adds %d bytes to the binary", total)
	}
}

func TestAssetsTravelCompressed(t *testing.T) {
	t.Parallel()
	cfg := demo()
	for _, url := range assetsOf(ask(t, cfg, "GET", "/").body) {
		plain := ask(t, cfg, "GET", url)
		small := ask(t, cfg, "GET", url, "Accept-Encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1")
		if small.header.Get("Content-Encoding") != "gzip" || small.header.Get("ETag") == plain.header.Get("ETag") {
			t.Errorf("%s: %v", url, small.header)
			continue
		}
		if len(small.body) >= len(plain.body) {
			t.Errorf("%s: %d bytes, compressed %d", url, len(plain.body), len(small.body))
		}
		zr, err := gzip.NewReader(strings.NewReader(small.body))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(zr); err != nil || string(got) != plain.body {
			t.Errorf("%s is another file when compressed (%v)", url, err)
		}
	}
	mark := assetsOf(ask(t, cfg, "GET", "/").body)[0]
	for _, refused := range []string{"", "br", "gzip;q=0", "gzip; q=0.0", "deflate, x-gzip2"} {
		if got := ask(t, cfg, "GET", mark, "Accept-Encoding", refused).header.Get("Content-Encoding"); got != "" {
			t.Errorf("Accept-Encoding %q was answered in %s", refused, got)
		}
	}
}

// A browser fetches what markup and style sheets point at. Scripts do name foreign addresses (namespaces, links in a help
// dialog), but nothing runs them as requests: the browser test and the policy see to that.
func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	t.Parallel()
	cfg := demo()
	a := ask(t, cfg, "GET", "/")
	if foreign := regexp.MustCompile(`(?i)(?:src|href|action|srcset|poster)\s*=\s*["']?(?:[a-z]+:)?//[^"'\s>]*`).FindAllString(a.body, -1); foreign != nil {
		t.Errorf("page points at %v", foreign)
	}
	target := regexp.MustCompile(`(?i)url\(\s*["']?([^)"']*)|@import\s*["']?([^;"']*)`)
	for _, url := range assetsOf(a.body) {
		body := ask(t, cfg, "GET", url).body
		switch path.Ext(url) {
		case ".css":
			for _, m := range target.FindAllStringSubmatch(body, -1) {
				if !strings.HasPrefix(m[1], "data:image/") {
					t.Errorf("%s fetches %.80s", url, m[0])
				}
			}
			if strings.Contains(body, "@font-face") {
				t.Errorf("%s brings a font, which the policy refuses", url)
			}
		case ".js":
			if strings.Contains(body, "sourceMappingURL") {
				t.Errorf("%s names a source map that is not served", url)
			}
			if found := regexp.MustCompile(`\bnew Function\(|\beval\(|importScripts\(|new Worker\(`).FindString(body); found != "" {
				t.Errorf("%s contains %q, which the policy refuses", url, found)
			}
		}
	}
}

func TestLicencesAreServed(t *testing.T) {
	t.Parallel()
	cfg := demo()
	for _, url := range assetsOf(ask(t, cfg, "GET", "/").body) {
		if !strings.Contains(url, "LICENSES") {
			continue
		}
		body := ask(t, cfg, "GET", url).body
		for _, want := range []string{"graphiql (MIT)", "react (MIT)", "react-dom (MIT)", "codemirror (MIT)", "graphql (MIT)", "tslib (0BSD)", "Permission is hereby granted"} {
			if !strings.Contains(body, want) {
				t.Errorf("licences lack %s", want)
			}
		}
		return
	}
	t.Fatal("page does not link to the licences")
}
