package config_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"aftersales/internal/config"
)

// helperDir, when set, makes TestSecretHelperProcess another server process that starts on this directory.
const helperDir = "CONFIG_TEST_SECRET_DIR"

func TestSecretHelperProcess(t *testing.T) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		t.Skip("runs in the processes that TestProcessesStartingAtOnceShareTheSecret starts")
	}
	var once [1]byte
	_, _ = os.Stdin.Read(once[:]) // all are let go together, when their standard input is closed
	secret, err := config.EmbeddedSecret(dir)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("secret=%s\n", secret)
}

func TestProcessesStartingAtOnceShareTheSecret(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "data")
	gate, letGo, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outputs := make([]strings.Builder, 6)
	var started []*exec.Cmd
	for i := range outputs {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecretHelperProcess$", "-test.v")
		cmd.Env = append(os.Environ(), helperDir+"="+dir)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = gate, &outputs[i], &outputs[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		started = append(started, cmd)
	}
	_, _ = gate.Close(), letGo.Close()

	found := map[string]int{}
	for i, cmd := range started {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, outputs[i].String())
		}
		found[regexp.MustCompile(`(?m)^secret=([0-9a-f]{64})$`).FindString(outputs[i].String())]++
	}
	if len(found) != 1 || found[""] != 0 {
		t.Errorf("secrets of %d processes: %v", len(started), found)
	}
	onlySecretFile(t, dir)
}

func onlySecretFile(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != config.SecretFile {
		t.Fatalf("the directory holds %v, %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
}

func TestManyAtOnceInOneProcess(t *testing.T) {
	t.Parallel()
	for range 20 {
		dir := t.TempDir()
		secrets := make([]string, 8)
		var wg sync.WaitGroup
		for i := range secrets {
			wg.Go(func() {
				var err error
				if secrets[i], err = config.EmbeddedSecret(dir); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, s := range secrets {
			if s != secrets[0] || len(s) != 64 {
				t.Fatalf("secrets differ or are short: %q and %q", s, secrets[0])
			}
		}
		onlySecretFile(t, dir)
	}
}

func TestSecretIsKeptAndItsOwn(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	first, err := config.EmbeddedSecret(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.EmbeddedSecret(dir)
	if err != nil || again != first {
		t.Errorf("second start has %q, first had %q, %v", again, first, err)
	}
	elsewhere, err := config.EmbeddedSecret(other)
	if err != nil || elsewhere == first {
		t.Errorf("another directory has the same secret, %v", err)
	}
}

func TestDoubtfulSecretFileIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("0f", 32)
	for name, tc := range map[string]struct {
		text   string
		mode   fs.FileMode
		reason string
	}{
		"group may read": {good, 0o640, "can be read by others"},
		"all may read":   {good, 0o604, "can be read by others"},
		"empty":          {"", 0o600, "damaged"},
		"cut":            {good[:62], 0o600, "damaged"},
		"line break":     {good + "\n", 0o600, "damaged"},
		"no digits":      {strings.Repeat("zz", 32), 0o600, "damaged"},
	} {
		if runtime.GOOS == "windows" && tc.mode != 0o600 {
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, config.SecretFile)
		if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tc.mode); err != nil {
			t.Fatal(err)
		}
		secret, err := config.EmbeddedSecret(dir)
		if secret != "" || err == nil || !strings.Contains(err.Error(), tc.reason) {
			t.Errorf("%s: %q, %v", name, secret, err)
		}
		if tc.text != "" && err != nil && strings.Contains(err.Error(), tc.text) {
			t.Errorf("%s: the error quotes the secret", name)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != tc.text {
			t.Errorf("%s: the file was changed to %q, %v", name, kept, err)
		}
	}

	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(dir, config.SecretFile)); err != nil {
		t.Skip("no symbolic links here")
	}
	if _, err := config.EmbeddedSecret(dir); err == nil || !strings.Contains(err.Error(), "plain file") {
		t.Errorf("a symbolic link: %v", err)
	}
	if _, err := config.EmbeddedSecret(filepath.Join(dir, config.SecretFile, "below")); err == nil {
		t.Error("a directory below a file")
	}
}
