package main

import (
	"debug/elf"
	"os"
	"regexp"
	"strconv"
	"testing"
)

func TestDropProgram(t *testing.T) {
	if program, err := elf.Open("/proc/self/exe"); err != nil || program.Type != elf.ET_EXEC {
		t.Skipf("the program may lie anywhere (%v)", err)
	}
	// mapped is how much of files is in the memory of this process, in kilobytes.
	mapped := func() int {
		t.Helper()
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		number := regexp.MustCompile(`RssFile:\s+(\d+) kB`).FindSubmatch(status)
		if number == nil {
			t.Skip("this kernel does not tell")
		}
		n, err := strconv.Atoi(string(number[1]))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := mapped()
	dropProgram()
	if after := mapped(); after > before*3/4 {
		t.Errorf("%d kB of files in memory before, %d after", before, after)
	}
}
