package article

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxDate is how long a date may be, in bytes. JavaScript's need about 70.
const maxDate = 100

// dateLayout is how a date is best written.
const dateLayout = "2006-01-02 15:04:05"

// The years that every format and reader can show. RFC 3339 ends with 9999.
const firstYear, lastYear = 1900, 9999

var (
	dayLayouts   = []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "Jan 2 2006", "January 2 2006", "2 Jan 2006", "2 January 2006"}
	clockLayouts = []string{"15:4:5", "15:4", "3:4:5PM", "3:4PM"}
)

// parseDate is [writtenDate] in the given zone.
func parseDate(s string, zone *time.Location) (time.Time, error) {
	t, err := writtenDate(s, zone)
	return inZone(t, zone), err
}

// inZone is t in that zone. The zero time, which stands for none, stays, and so does one whose year
// there would have a digit more than formats can hold.
func inZone(t time.Time, zone *time.Location) time.Time {
	there := t.In(zone)
	if t.IsZero() || there.Year() < firstYear || there.Year() > lastYear {
		return t
	}
	return there
}

// writtenDate reads a date in any of the shapes that generators, editors and people write. It gives
// whole seconds in the zone that is written there, else in the given one. A day without a time is
// its midnight; a day that no calendar has is an error, and so is one that may mean two.
func writtenDate(s string, zone *time.Location) (time.Time, error) {
	if unixTime.MatchString(s) {
		seconds, err := strconv.ParseInt(s[:unixDigits], 10, 64)
		return time.Unix(seconds, 0).In(zone), err
	}
	parts, ok := splitDate(s)
	if !ok {
		return time.Time{}, dateError(s, "")
	}
	day, err := parseLayouts(dayLayouts, parts.day)
	if err != nil {
		return time.Time{}, dateError(s, dayReason(parts.day, err))
	}
	var clock time.Time
	if parts.clock != "" {
		if clock, err = parseLayouts(clockLayouts, strings.ToUpper(parts.clock)); err != nil {
			return time.Time{}, dateError(s, "no such time")
		}
	}
	from := zone
	if parts.zone != "" {
		if from, ok = parseZone(parts.zone); !ok {
			return time.Time{}, dateError(s, "no such zone")
		}
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, from)
	if min(t.Year(), t.UTC().Year()) < firstYear || max(t.Year(), t.UTC().Year()) > lastYear {
		return time.Time{}, dateError(s, fmt.Sprintf("the year is not between %d and %d", firstYear, lastYear))
	}
	return t, nil
}

// unixTime is a count of seconds since 1970, or of milliseconds, that falls between 2001 and 2033. No day is
// written with so many digits, nor with its hour, but those of the century before.
var unixTime = regexp.MustCompile(`^1\d{9}(?:\d{3})?$`)

const unixDigits = 10 // of seconds

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func dateError(s, reason string) error {
	if reason != "" {
		reason = " (" + reason + ")"
	}
	return fmt.Errorf("want %s, have %s%s", dateLayout, quote(s), reason)
}

var (
	numericDay = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$`)
	bareNumber = regexp.MustCompile(`^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$`)
	dayNumber  = regexp.MustCompile(`^\d{8}$`)
)

func dayReason(day string, err error) string {
	switch {
	case numericDay.MatchString(day):
		return "day or month first?"
	case bareNumber.MatchString(day) && !dayNumber.MatchString(day):
		return "a number is a day as 20060102, or seconds since 1970 with ten digits, milliseconds with thirteen"
	case strings.HasSuffix(err.Error(), "out of range"):
		return "no such day"
	}
	return ""
}

// parseLayouts gives the time by the first layout that fits, or the error that says most.
func parseLayouts(layouts []string, s string) (time.Time, error) {
	var worst error
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err == nil {
			return t, nil
		}
		if worst == nil || strings.HasSuffix(err.Error(), "out of range") {
			worst = err
		}
	}
	return time.Time{}, worst
}

// dateParts are the words of a date by what they say.
type dateParts struct{ day, clock, zone string }

var (
	dateMarks = strings.NewReplacer(",", " ", "年", "-", "月", "-", "日", " ")
	weekday   = regexp.MustCompile(`(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$`)
	ordinal   = regexp.MustCompile(`(?i)^(\d{1,2})(?:st|nd|rd|th)$`)
	halfDay   = regexp.MustCompile(`(?i)^([ap])\.?m\.?$`)
	zoneWord  = regexp.MustCompile(`^(?:[+-]\d.*|(?:GMT|UTC)[+-].*|[Zz]|UT|UTC|GMT|[A-Z]{2,3}T)$`)
)

// splitDate sorts the words of a date, which may come in any order: "Mon, 02 Jan 2006 15:04:05
// GMT", "Mon Jan 2 2006 15:04:05 GMT+0100 (Central European Time)", "2006-01-02T15:04:05Z",
// "Monday, January 2nd 2006, 3:04:05 pm".
func splitDate(s string) (parts dateParts, ok bool) {
	if len(s) > maxDate {
		return parts, false
	}
	s, _, _ = strings.Cut(s, "(")
	var days []string
	if strings.ContainsAny(s, ",年月日") {
		s = dateMarks.Replace(s)
	}
	for word := range strings.FieldsSeq(s) {
		number := isDigit(word[0]) // no name of a day, and no zone
		if day, clock, ok := cutClock(word); number && ok {
			days, word = append(days, day), clock
		}
		switch {
		case !number && weekday.MatchString(word):
		case !number && zoneWord.MatchString(word):
			if parts.zone == "" { // "+0800 CST": the name says no more
				parts.zone = word
			}
		case strings.Contains(word, ":"):
			if parts.clock != "" {
				return parts, false
			}
			parts.clock = word
			if i := strings.IndexAny(word, "Zz+-"); i > 0 {
				parts.clock, parts.zone = word[:i], word[i:]
			}
		case !number && halfDay.MatchString(word) && parts.clock != "":
			parts.clock += halfDay.ReplaceAllString(word, "${1}m")
		case number && !isDigit(word[len(word)-1]):
			days = append(days, ordinal.ReplaceAllString(word, "$1"))
		default:
			days = append(days, word)
		}
	}
	parts.day = strings.Join(days, " ")
	return parts, parts.zone == "" || parts.clock != ""
}

// cutClock parts a day and the time that follows it after a T (RFC 3339 §5.6).
func cutClock(word string) (day, clock string, ok bool) {
	t := strings.LastIndexAny(word, "Tt")
	if t < 2 || !isDigit(word[t-1]) || t+1 == len(word) || !isDigit(word[t+1]) {
		return "", "", false
	}
	return word[:t], word[t+1:], true
}

// zones are the names of RFC 822 §5.1, in hours from UTC.
var zones = map[string]int{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

var utcOffset = regexp.MustCompile(`^(?:GMT|UTC)?([+-])(\d\d):?(\d\d)?$`)

// parseZone reads a zone's name, or its offset from UTC, which is less than a day.
func parseZone(s string) (*time.Location, bool) {
	if hours, ok := zones[strings.ToUpper(s)]; ok {
		return time.FixedZone("", hours*3600), true
	}
	m := utcOffset.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	seconds := hours*3600 + minutes*60
	if m[1] == "-" {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), hours < 24 && minutes < 60
}
