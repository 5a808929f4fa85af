package article

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/record"
)

// TestRecord writes and reads an article of which every field is set, and one of which none is: a
// field that is forgotten is found out.
func TestRecord(t *testing.T) {
	full := &Article{}
	n := 0
	fill(t, reflect.ValueOf(full).Elem(), &n)
	full.bodyOffset, full.bodyLine = 7, 8
	articles := []*Article{full, {Extras: &Extras{}}, full}
	read := func(r *record.Reader) {
		for _, a := range articles {
			if diff := cmp.Diff(a, Read(r), cmp.AllowUnexported(Article{})); diff != "" {
				t.Errorf("another article (-was +is):\n%s", diff)
			}
		}
		if err := r.Err(); err != nil {
			t.Error(err)
		}
	}
	var alone, sharing record.Writer
	sharing.Share()
	for _, a := range articles {
		a.Write(&alone)
		a.Write(&sharing)
	}
	apart, together := alone.AppendTo(nil), sharing.AppendTo(nil)
	read(record.Open(apart))
	r := record.Open(together)
	r.Share()
	read(r)
	if len(together) >= len(apart) {
		t.Errorf("%d bytes with words shared, %d without", len(together), len(apart))
	}
	for at := range together { // what is cut short must end
		r := record.Open(together[:at])
		for r.Share(); r.More(); {
			Read(r)
		}
		if r.Err() == nil {
			t.Errorf("%d bytes of %d are enough", at, len(together))
		}
	}
}

// fill sets all exported fields to values that differ.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(int64(*n)*1e6, 5).In(time.FixedZone("", 3600**n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), n)
			}
		}
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}
