package config

import (
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Git is a repository of which a branch is the content.
type Git struct {
	URL      string        // "": the content is a folder that others fill
	Branch   string        // "": that to which the repository's HEAD points
	Dir      string        // folder of the repository, slash-separated; "": the root
	User     string        // "": none
	Password string        // "": none
	Secret   string        // of webhooks; "": there are none
	Interval time.Duration // at least 10s
	Size     int64         // bytes that the files of a commit may have
}

// scpForm is what git takes for host:path, which it reaches by ssh.
var scpForm = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:-][^:]*$`)

// repository reads where a git repository is. No mistake quotes it: it may hold a password. Whatever git
// could take for an option, or for a protocol that runs programs, is refused.
func (v value) repository() string {
	s := v.text()
	if strings.ContainsAny(s, " \t\r\n") || strings.HasPrefix(s, "-") || strings.Contains(s, "::") {
		v.fail("want a repository without blanks, such as https://example.org/site.git")
		return ""
	}
	switch {
	case s == "" || filepath.IsAbs(s):
		return s
	case strings.HasPrefix(s, "."):
		abs, err := filepath.Abs(filepath.Join(v.dir, s))
		if err != nil {
			v.fail("%v", err)
		}
		return abs
	case !strings.Contains(s, "://") && scpForm.MatchString(s):
		return s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || !slices.Contains([]string{"https", "ssh", "file"}, u.Scheme):
		v.fail("want https, ssh or the path of a folder, such as https://example.org/site.git or git@example.org:site.git")
	case u.Scheme != "file" && (u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-")) || u.Scheme == "file" && u.Host != "":
		v.fail("want a repository with a valid host")
	case u.RawQuery != "" || u.Fragment != "":
		v.fail("want a repository without ? and #")
	case u.Scheme == "https" && u.User != nil:
		v.fail("want a repository without user name and password: content.git.user and content.git.password_file are for these")
	case u.User != nil && strings.HasPrefix(u.User.Username(), "-"), u.User.String() != u.User.Username():
		v.fail("want a user name alone before the host")
	default:
		return s
	}
	return ""
}

// branch reads a name as git-check-ref-format(1) has it.
func (v value) branch() string {
	s := v.text()
	bad := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "/") || strings.HasSuffix(s, "/") || strings.HasSuffix(s, ".") ||
		strings.ContainsAny(s, " ~^:?*[\\") || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	for _, no := range []string{"..", "//", "@{", "/.", ".lock/"} {
		bad = bad || strings.Contains("/"+s+"/", no)
	}
	if s != "" && bad {
		v.fail("want a branch such as main, have %q", s)
		return ""
	}
	return s
}

// folderWithin reads a folder of a repository or bucket.
func (v value) folderWithin() string {
	s := v.text()
	if s != "" && !filepath.IsLocal(filepath.FromSlash(s)) {
		v.fail("want a folder of the repository or bucket, such as content, have %q", s)
	}
	if s = path.Clean(s); s == "." {
		return ""
	}
	return s
}

func (l *loader) checkGit() {
	at, given := l.values["content.git.url"]
	l.checkOrigin("content.git", at, given, "content.git.url", "password", "secret")
	if g := l.config.Content.Git; g.URL != "" && g.Password != "" && !strings.HasPrefix(g.URL, "https://") {
		at.fail("a password is for https alone: ssh has keys")
	}
}
