package theme

import "math"

// Minimum sizes in millimetres (key-size studies; EN 301 549, 5.1.4 for 600 mm).
const (
	KeyMM        = 20.0 // keys and main buttons, both width and height
	TapMM        = 16.0 // anything else that can be tapped
	GapMM        = 3.0  // between what can be tapped
	CodeMM       = 60.0 // payment code, without its quiet zone
	CapitalMM    = 7.3  // height of a capital letter in main text
	MoneyMM      = 12.0 // height of the amount on the confirm page
	capitalOfEm  = 0.733
	largeFactor  = 1.35
	leastCaption = 22 // design units; no text on any panel is smaller
)

// Metrics are the sizes on one panel, in pixels.
type Metrics struct {
	Panel Panel
	Large bool
	// Tight shrinks type (Type) and space (Space) if a page would not fit; 1 is
	// normal.
	Tight Tightness
}

// Tightness is how much a page is compressed: factors of at most 1.
type Tightness struct{ Space, Type float32 }

// Tightnesses are tried in this order until a page fits. Space shrinks first; type
// hardly ever, and never below its millimetres.
func Tightnesses() []Tightness {
	return []Tightness{{1, 1}, {0.8, 1}, {0.6, 1}, {0.6, 0.92}, {0.5, 0.85}, {0.5, 0.78}, {0.4, 0.7}, {0.4, 0.6}}
}

// NewMetrics are the sizes on a panel.
func NewMetrics(panel Panel, large bool) Metrics {
	return Metrics{Panel: panel, Large: large, Tight: Tightness{1, 1}}
}

func (m Metrics) unit() float32 {
	return float32(min(m.Panel.WidthPx, m.Panel.HeightPx)) / designShort
}

// Px converts units of the design grid to pixels.
func (m Metrics) Px(units float32) float32 {
	return float32(math.Round(float64(units * m.unit())))
}

// Gap is a distance in steps of 8 design units; it is smaller on a tight page.
func (m Metrics) Gap(steps float32) float32 {
	return m.Px(8 * steps * m.Tight.Space)
}

// TapGap is the minimum distance between tappable things, never under 3 mm.
func (m Metrics) TapGap() float32 { return max(m.Gap(3), m.Panel.Pixels(GapMM)) }

// Margin is the distance of the content from the panel's edges.
func (m Metrics) Margin() float32 { return m.Px(56) }

// Key is the height of keys and main buttons of this many design units, never under
// 20 mm.
func (m Metrics) Key(units float32) float32 { return max(m.Px(units), m.Panel.Pixels(KeyMM)) }

// Size is a step of the type scale.
type Size int

// The type scale, in design units at the normal size.
const (
	Caption Size = iota // 30: help, dates, step names
	Body                // 40: main text
	Label               // 44: values beside their labels
	Button              // 50
	Heading             // 56: tiles, names
	Title               // 64
	Figure              // 60: balances and amounts in rows
	Money               // 132: the amount of a page
)

var scale = [...]float32{Caption: 30, Body: 40, Label: 44, Button: 50, Heading: 56, Title: 64, Figure: 60, Money: 132}

// Type is the em of a size in pixels. Main text keeps a capital height of 7.3 mm on
// every panel; captions reach it in large text, which is the mode that EN 301 549
// asks for.
func (m Metrics) Type(size Size) float32 {
	units := scale[size]
	if m.Large {
		units *= largeFactor
	}
	px := m.Px(units * m.Tight.Type)
	return max(px, m.LeastType(size))
}

// LeastType is the minimum em of a size in pixels.
func (m Metrics) LeastType(size Size) float32 {
	least := m.Panel.Pixels(CapitalMM / capitalOfEm)
	if size == Caption && !m.Large {
		least = m.Px(leastCaption)
	}
	return least
}

// CapitalHeight is the height in millimetres of a capital letter or a digit at an
// em in pixels.
func (m Metrics) CapitalHeight(em float32) float64 { return m.Panel.Millimetres(em * capitalOfEm) }

// Radius is the corner radius of cards and tiles.
func (m Metrics) Radius() float32 { return m.Px(32) }

// ButtonRadius is the corner radius of buttons.
func (m Metrics) ButtonRadius() float32 { return m.Px(24) }

// Edge is the width of the border of tappable things.
func (m Metrics) Edge() float32 { return max(2, m.Px(3)) }

// Hair is the width of other borders.
func (m Metrics) Hair() float32 { return max(1, m.Px(2)) }
