package origin

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is git, of which nothing is used but what moves objects: what lies in the repository is
// never checked out by it.
const program = "git"

// pulled is where the newest commit is held within the repository.
const pulled = "refs/feedmill/pulled"

// newest brings the newest commit of the branch here, without those before it.
func (r *repository) newest(ctx context.Context, lock *os.File) (revision string, err error) {
	r.lock = lock
	if _, err := os.Stat(filepath.Join(r.objects(), "HEAD")); err != nil {
		if _, err := r.git(ctx, "init", "--quiet", "--bare", "--template="); err != nil {
			return "", err
		}
	}
	from := "HEAD"
	if r.Branch != "" {
		from = "refs/heads/" + r.Branch
	}
	// Nothing but the pull itself locks the repository, and it has the lock of the folder: what is left
	// of these is of a git that was killed.
	for _, name := range []string{"shallow.lock", pulled + ".lock"} {
		_ = os.Remove(filepath.Join(r.objects(), filepath.FromSlash(name)))
	}
	_, err = r.git(ctx, "fetch", "--progress", "--depth=1", "--force", "--no-tags", "--no-recurse-submodules",
		"--no-auto-gc", "--no-write-fetch-head", "--", r.URL, "+"+from+":"+pulled)
	if err != nil {
		return "", err
	}
	r.tidy(ctx)
	out, err := r.git(ctx, "rev-parse", "--verify", pulled+"^{commit}")
	rev := strings.TrimSpace(string(out))
	if err == nil && !revisionForm.MatchString(rev) {
		err = fmt.Errorf("git: %q is no commit", rev)
	}
	return rev, err
}

// revisionForm is what a commit is called, by SHA-1 or SHA-256.
var revisionForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// tidy lets git forget the commits before, once many pulls have left something behind.
func (r *repository) tidy(ctx context.Context) {
	const most = 50
	packs, _ := filepath.Glob(filepath.Join(r.objects(), "objects", "pack", "*.pack"))
	loose, _ := filepath.Glob(filepath.Join(r.objects(), "objects", "17", "*")) // of 256 folders alike
	if len(packs) > most || len(loose) > most {
		if _, err := r.git(ctx, "gc", "--quiet", "--prune=now"); err != nil {
			r.log.Warn("origin: old commits stay on the disk", "error", err)
		}
	}
}

// git runs the program and returns what it says.
func (r *repository) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	var out bytes.Buffer
	said := &tail{progress: r.progress}
	cmd.Stdout, cmd.Stderr = &out, said
	if err := cmd.Run(); err != nil {
		return nil, r.failure(ctx, args[0], said, err)
	}
	return out.Bytes(), nil
}

// command is the program, ready to be run, with all that it starts in a group which ends with ctx.
func (r *repository) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, append([]string{"--git-dir=" + r.objects()}, args...)...)
	cmd.Env = r.environment()
	cmd.Dir = string(r.at)
	if r.lock != nil {
		cmd.ExtraFiles = []*os.File{r.lock}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// passed are the variables of our environment that git sees: how to reach the network, and how ssh
// finds its keys.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"GIT_SSL_CAINFO", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
}

// environment lets git ask nobody, read no configuration but ours, and speak few protocols. Secrets
// stand here, where other users of the machine can't read them, and not among the arguments.
func (r *repository) environment() []string {
	env := []string{
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_ALLOW_PROTOCOL=https:ssh:file", "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=20",
	}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	settings := [][2]string{
		{"core.hooksPath", "/dev/null"}, {"credential.helper", ""}, {"http.followRedirects", "false"}, // the password is for one host
		{"http.lowSpeedLimit", "1000"}, {"http.lowSpeedTime", "30"}, {"gc.auto", "0"}, {"maintenance.auto", "false"},
	}
	if r.Password != "" {
		basic := base64.StdEncoding.EncodeToString([]byte(r.User + ":" + r.Password))
		settings = append(settings, [2]string{"http." + hostOf(r.URL) + ".extraHeader", "Authorization: Basic " + basic})
	}
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, s := range settings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s[1]))
	}
	return env
}

// hostOf is the beginning of a URL up to its host.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host + "/"
}

// tail keeps the end of what git says, and tells of the progress in it, step by step.
type tail struct {
	text     []byte
	progress func(done, total int)
}

var counted = regexp.MustCompile(`(?:objects|deltas): +\d+% \((\d+)/(\d+)\)`)

func (t *tail) Write(p []byte) (int, error) {
	const most = 8 << 10
	if m := counted.FindAllSubmatch(p, -1); m != nil {
		last := m[len(m)-1]
		done, _ := strconv.Atoi(string(last[1]))
		total, _ := strconv.Atoi(string(last[2]))
		t.progress(done, total)
	}
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-most):]
	return len(p), nil
}

var _ io.Writer = (*tail)(nil)

var complaint = regexp.MustCompile(`(?m)(?:^|\r)(?:fatal|error|ssh): ([^\r\n]+)`)

// failure makes an error of what git has said.
func (r *repository) failure(ctx context.Context, what string, said *tail, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errNoGit
	}
	if ctx.Err() != nil {
		return fmt.Errorf("git %s: not done within %v", what, patience)
	}
	why := err.Error()
	if m := complaint.FindSubmatch(said.text); m != nil { // the first names the cause
		why = string(m[1])
	}
	if r.Password != "" { // a server may send back what it was sent
		why = strings.ReplaceAll(why, r.Password, "…")
	}
	return gitError{what, why, string(said.text)}
}
