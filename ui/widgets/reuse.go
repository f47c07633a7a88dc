package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"onetrans/flows/view"
)

// Reuse turns the objects of an old page into those of a new one: it returns the
// new list, made of the old objects wherever there is one of the same kind, changed
// in place. A button is only ever turned into a button with the same meaning, so
// that a finger that is down on it still taps it.
func Reuse(old, want []fyne.CanvasObject) []fyne.CanvasObject {
	pool := newPool(old)
	list := make([]fyne.CanvasObject, len(want))
	for i, object := range want {
		list[i] = pool.reuse(object)
	}
	return list
}

// Same reports whether two lists hold the very same objects.
func Same(a, b []fyne.CanvasObject) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

type pool struct {
	texts      []*canvas.Text
	rectangles []*canvas.Rectangle
	arcs       []*canvas.Arc
	images     []*canvas.Image
	spinners   []*Spinner
	veils      []*Veil
	buttons    map[view.Tap][]*Button
}

func newPool(objects []fyne.CanvasObject) *pool {
	p := &pool{buttons: map[view.Tap][]*Button{}}
	for _, object := range objects {
		switch o := object.(type) {
		case *canvas.Text:
			p.texts = append(p.texts, o)
		case *canvas.Rectangle:
			p.rectangles = append(p.rectangles, o)
		case *canvas.Arc:
			p.arcs = append(p.arcs, o)
		case *canvas.Image:
			p.images = append(p.images, o)
		case *Spinner:
			p.spinners = append(p.spinners, o)
		case *Veil:
			p.veils = append(p.veils, o)
		case *Button:
			p.buttons[o.tap] = append(p.buttons[o.tap], o)
		}
	}
	return p
}

func pop[T any](list *[]T) (T, bool) {
	var none T
	if len(*list) == 0 {
		return none, false
	}
	first := (*list)[0]
	*list = (*list)[1:]
	return first, true
}

// overwrite makes the old object equal to the new one, and redraws it only if it
// was not.
func overwrite[T comparable](old *T, want *T, refresh func()) {
	if *old != *want {
		*old = *want
		refresh()
	}
}

func (p *pool) reuse(object fyne.CanvasObject) fyne.CanvasObject {
	switch want := object.(type) {
	case *canvas.Text:
		if old, ok := pop(&p.texts); ok {
			overwrite(old, want, func() { canvas.Refresh(old) })
			return old
		}
	case *canvas.Rectangle:
		if old, ok := pop(&p.rectangles); ok {
			overwrite(old, want, func() { canvas.Refresh(old) })
			return old
		}
	case *canvas.Arc:
		if old, ok := pop(&p.arcs); ok {
			overwrite(old, want, func() { canvas.Refresh(old) })
			return old
		}
	case *canvas.Image:
		if old, ok := pop(&p.images); ok {
			reuseImage(old, want)
			return old
		}
	case *Spinner:
		if old, ok := pop(&p.spinners); ok {
			old.update(want)
			return old
		}
	case *Veil:
		if old, ok := pop(&p.veils); ok {
			old.Resize(want.Size())
			return old
		}
	case *Button:
		return p.reuseButton(want)
	}
	return object
}

func reuseImage(old, want *canvas.Image) {
	if old.Image == want.Image && old.Size() == want.Size() && old.Position() == want.Position() {
		return
	}
	old.Image = want.Image
	old.Move(want.Position())
	old.Resize(want.Size())
	old.Refresh()
}

func (p *pool) reuseButton(want *Button) fyne.CanvasObject {
	list := p.buttons[want.tap]
	if len(list) == 0 {
		return want
	}
	old := list[0]
	p.buttons[want.tap] = list[1:]
	face := Reuse(old.face, want.face)
	changed := !Same(old.face, face) || old.skin != want.skin || old.off != want.off
	old.face, old.skin, old.off, old.name, old.emit = face, want.skin, want.off, want.name, want.emit
	if old.off && old.down {
		old.down, changed = false, true
	}
	old.Move(want.Position())
	old.Resize(want.Size())
	if changed {
		old.Refresh()
	}
	return old
}
