package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// SecretFile is the name, within the data directory, of the secret that the embedded default signs tokens with.
const SecretFile = "jwt.secret"

// secretBytes of randomness are kept as twice as many hexadecimal digits.
const secretBytes = 32

// EmbeddedSecret returns the secret of the embedded default, 64 hexadecimal digits, and makes it when dir has none.
// Processes that start at once in an empty directory all get the same: the file appears complete or not at all, and
// whoever is second takes the first one's. It is readable by its owner only (0600); a file that others may read, that
// is not a plain file or not of this form is refused, never replaced. dir is created (0700) when missing and must be on
// a file system with hard links.
func EmbeddedSecret(dir string) (string, error) {
	path := filepath.Join(dir, SecretFile)
	secret, err := readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	if err := writeSecret(path); err != nil {
		return "", err
	}
	return readSecret(path)
}

func readSecret(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("read the embedded secret: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("the embedded secret %s is not a plain file", path)
	}
	// Windows keeps no such bits; the directory's access list protects the file there.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the embedded secret %s can be read by others; restrict it (chmod 600), or delete it to have a new one, which ends all tokens", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the embedded secret: %w", err)
	}
	if raw, err := hex.DecodeString(string(data)); err != nil || len(raw) != secretBytes {
		return "", fmt.Errorf("the embedded secret %s is damaged; delete it to have a new one, which ends all tokens", path)
	}
	return string(data), nil
}

// writeSecret gives a complete file its name by a link, which, other than a rename, fails when the name is taken.
func writeSecret(path string) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), SecretFile+".*") // made with 0600
	if err != nil {
		return fmt.Errorf("make the embedded secret: %w", err)
	}
	defer os.Remove(temporary.Name())
	var raw [secretBytes]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the process rather than return an error
	_, err = temporary.WriteString(hex.EncodeToString(raw[:]))
	if err == nil {
		err = temporary.Sync()
	}
	if err = errors.Join(err, temporary.Close()); err != nil {
		return fmt.Errorf("make the embedded secret: %w", err)
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the embedded secret: %w", err)
	}
	return nil
}
