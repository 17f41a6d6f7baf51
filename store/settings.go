package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Theme is the look that a person wants.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "" // as the device has it
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Themes lists the themes, the one that nobody chose first.
func Themes() []Theme { return []Theme{ThemeSystem, ThemeLight, ThemeDark} }

// Bounds of Settings.Speed.
const (
	MinSpeed = 0.5
	MaxSpeed = 3
)

// maxSetting is how many bytes a name in settings has at most.
const maxSetting = 64

// Settings are how a person wants pages to be. The zero value is of somebody
// who never chose.
type Settings struct {
	Zone      string  `json:"zone,omitempty"`       // IANA name; "" is UTC
	Locale    string  `json:"locale,omitempty"`     // BCP 47, as "en-US": how times and numbers are written; "" is as the program does
	WeekStart string  `json:"week_start,omitempty"` // one of WeekStarts; "" is as the locale has it
	Theme     Theme   `json:"theme,omitempty"`
	Speed     float64 `json:"speed,omitempty"` // of playing, MinSpeed to MaxSpeed; 0 is 1
	// Langs are the languages that a person takes calls in: base codes as "en",
	// separated by single spaces, the best first; "" is all alike.
	Langs string `json:"langs,omitempty"`
}

// WeekStarts lists the days on which a week may begin.
func WeekStarts() []string { return []string{"monday", "sunday", "saturday"} }

// Rate is how fast recordings are played; 1 where nothing was chosen.
func (s Settings) Rate() float64 {
	if s.Speed == 0 {
		return 1
	}
	return s.Speed
}

// Languages lists Langs.
func (s Settings) Languages() []string { return strings.Fields(s.Langs) }

// Clean returns the settings with clean text. ErrInvalid for a name that is too
// long, an unknown theme or day, or a speed out of its bounds. Which zones and
// locales there are is the pages' matter.
func (s Settings) Clean() (Settings, error) {
	cleanAll(&s.Zone, &s.Locale, &s.Langs)
	s.Langs = strings.Join(s.Languages(), " ")
	switch {
	case max(len(s.Zone), len(s.Locale), len(s.Langs)) > maxSetting:
		return Settings{}, fmt.Errorf("settings with a name over %d bytes: %w", maxSetting, ErrInvalid)
	case s.WeekStart != "" && !slices.Contains(WeekStarts(), s.WeekStart):
		return Settings{}, fmt.Errorf("settings with an unknown day: %w", ErrInvalid)
	case !slices.Contains(Themes(), s.Theme):
		return Settings{}, fmt.Errorf("settings with an unknown theme: %w", ErrInvalid)
	case s.Speed != 0 && !(s.Speed >= MinSpeed && s.Speed <= MaxSpeed): // so written for what is no number
		return Settings{}, fmt.Errorf("settings with a speed that can't be: %w", ErrInvalid)
	}
	return s, nil
}

// Encode is how databases keep settings that are clean: JSON, and no text for
// the zero value.
func (s Settings) Encode() (string, error) {
	if s == (Settings{}) {
		return "", nil
	}
	b, err := json.Marshal(s)
	return string(b), err
}

// DecodeSettings is the reverse of Encode.
func DecodeSettings(text string) (s Settings, err error) {
	if text == "" {
		return Settings{}, nil
	}
	err = json.Unmarshal([]byte(text), &s)
	return s, err
}
