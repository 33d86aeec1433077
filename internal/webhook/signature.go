package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader carries "t=<seconds since 1970>,v1=<hex of HMAC-SHA256 over t, a point and the body>" on calls and callbacks.
const SignatureHeader = "Aftersales-Signature"

// tolerance is how far the other side's clock may be off: what is older is a replay.
const tolerance = 5 * time.Minute

// Sign makes the header's value for a body sent at an instant.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(sum(secret, t, body))
}

func sum(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

// verify reports whether a header's value signs the body with the secret at a time near now. It returns the signature, which
// names this very message. An empty secret verifies nothing, in the time it takes to refuse a wrong one.
func verify(secret, header string, now time.Time, body []byte) (signature string, ok bool) {
	stamp, signed, _ := strings.Cut(header, ",")
	t, isStamp := strings.CutPrefix(stamp, "t=")
	signature, isSignature := strings.CutPrefix(signed, "v1=")
	given, err := hex.DecodeString(signature)
	same := hmac.Equal(given, sum(secret, t, body))
	seconds, notNumber := strconv.ParseInt(t, 10, 64)
	if !isStamp || !isSignature || err != nil || notNumber != nil || secret == "" || !same {
		return "", false
	}
	off := now.Sub(time.Unix(seconds, 0))
	return hex.EncodeToString(given), off.Abs() <= tolerance
}
