package catalog

import (
	"testing"
	"time"
)

// TestGuardBlinded has the folder go while a loss is doubted: when it is back the doubt lasts a whole grace again.
func TestGuardBlinded(t *testing.T) {
	g, start := guard{grace: 30 * time.Second}, time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	if g.doubt(50, 60, true, at(0)) == "" {
		t.Fatal("a loss of most articles is believed")
	}
	g.blinded(at(20))
	g.blinded(at(40))
	if g.doubt(60, 60, true, at(41)) == "" {
		t.Error("it is believed a second after the folder is back")
	}
	if doubt := g.doubt(60, 60, true, at(70)); doubt != "" {
		t.Errorf("it is never believed: %s", doubt)
	}
	if g.missing != 0 {
		t.Errorf("%d are missing after that", g.missing)
	}
	g.blinded(at(80))
	if again := g.again(); !again.IsZero() {
		t.Errorf("a doubt begins for want of the folder: until %s", again)
	}
}

// TestGuardInPart looks at a part of the tree while a loss is doubted, and finds nothing wrong there.
func TestGuardInPart(t *testing.T) {
	g, now := guard{grace: 30 * time.Second}, time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	g.doubt(50, 60, true, now)
	if g.doubt(0, 60, false, now.Add(time.Second)); g.missing != 50 {
		t.Errorf("%d are missing after a look at a part, want 50", g.missing)
	}
	if g.doubt(0, 60, true, now.Add(2*time.Second)); g.missing != 0 {
		t.Errorf("%d are missing after a look at all, which found them", g.missing)
	}
}
