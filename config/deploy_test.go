package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notKeys are variables of the program that stand for no key.
var notKeys = []string{"FEEDMILL_CONFIG", "FEEDMILL_LOG_FORMAT", "FEEDMILL_LOG_LEVEL"}

// TestDeployed holds what people copy against the settings: there is no variable that nothing reads.
func TestDeployed(t *testing.T) {
	known := slices.Clone(notKeys)
	for key := range new(Config).settings() {
		known = append(known, variables(key)...)
	}
	variable := regexp.MustCompile(`\bFEEDMILL_[A-Z_]+`)
	found := 0
	for _, pattern := range []string{"../deploy/*", "../Dockerfile", "../docs/guides/*.md", "../docs/CONFIGURATION.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range variable.FindAllString(string(text), -1) {
				found++
				// Kubernetes makes one of that name of a Service.
				if !slices.Contains(known, name) && name != "FEEDMILL_PORT" {
					t.Errorf("%s: nothing reads %s", file, name)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no variable is found anywhere")
	}
}

// TestConfigMap loads the configuration in the manifest for Kubernetes.
func TestConfigMap(t *testing.T) {
	text, err := os.ReadFile("../deploy/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "  config.yaml: |\n")
	inner, _, ok := strings.Cut(rest, "---\n")
	if !ok {
		t.Fatal("there is no config.yaml in it")
	}
	t.Chdir(t.TempDir())
	write(t, "config.yaml", strings.ReplaceAll("\n"+inner, "\n    ", "\n"))
	if c := load(t, Source{File: "config.yaml", Required: true}); len(c.Assumed) > 0 {
		t.Errorf("it leaves something to be assumed: %q", c.Assumed)
	}
}
