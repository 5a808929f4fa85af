package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	have := table([]row{
		{what: "start", unit: seconds, have: samples{3, 0.9, 2.4}, beside: "reading", floor: samples{1, 0.6, 0.6}, most: 2.5},
		{what: "memory", unit: megabytes, have: samples{1234567890}, most: 300e6},
		{what: "answers", unit: perSecond, have: samples{6000, 50_000}, beside: "nginx", floor: samples{10_000, 100_000}, share: 0.6},
		{what: "no peer", unit: perSecond, have: samples{0.5}, beside: "nginx", share: 0.6},
	})
	const want = `|  | feedmill | beside it | ratio | mark | reached |
| --- | ---: | --- | ---: | ---: | --- |
| start | 2.40 s | reading: 600 ms | 3.00 | 2.50 s | yes |
| memory | 1,230 MB |  |  | 300 MB | **no** |
| answers | 6,000/s | nginx: 10,000/s | 0.500 | 0.600 of it | **no** |
| no peer | 0.500/s |  |  |  |  |
`
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error("-want +have:\n", diff)
	}
}

func TestQuantiles(t *testing.T) {
	var s samples
	for i := range 100 {
		s.add(float64(100 - i))
	}
	for q, want := range map[float64]float64{0: 1, 0.5: 50, 0.99: 99, 1: 100} {
		if have := s.at(q); have != want {
			t.Errorf("at(%v) of 1 to 100 = %v, want %v", q, have, want)
		}
	}
}

func TestSignificant(t *testing.T) {
	for v, want := range map[float64]string{0: "0.0000", 0.01234: "0.0123", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 123_456: "123,000", 1_235_000: "1,240,000"} {
		if have := significant(v); have != want {
			t.Errorf("significant(%v) = %s, want %s", v, have, want)
		}
	}
}

func TestPublish(t *testing.T) {
	file := filepath.Join(t.TempDir(), "PERFORMANCE.md")
	if err := os.WriteFile(file, []byte("A\n<!-- table -->\nold\n<!-- /table -->\nB\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := publish(file, "table", "new\n"); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(file)
	if want := "A\n<!-- table -->\nnew\n<!-- /table -->\nB\n"; err != nil || string(have) != want {
		t.Errorf("%q, %v, want %q", have, err, want)
	}
	if err := publish(file, "growth", "new\n"); err == nil {
		t.Error("a file without the markers is taken")
	}
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{"-n", "10"}, {"-only", "start,stop"}, {"-grow", "1000,many"}, {"start"}, {"-rounds", "0"}} {
		if o, err := parse(args); err == nil {
			t.Errorf("parse(%q) = %+v, want an error", args, o)
		}
	}
	o, err := parse([]string{"-n", "5000", "-only", "build,start", "-grow", "100,1000", "-hugo", "none"})
	if diff := cmp.Diff([]string{"build", "start"}, o.only); diff != "" || err != nil || o.hugo != "" || len(o.grow) != 2 {
		t.Errorf("%+v, %v", o, err)
	}
}
