package command

import (
	"flag"
	"strings"

	"onetrans/assets/texts"
	"onetrans/devices"
)

// program is the name of the executable in its help.
const program = "onetrans"

// key is the command's name in the keys of texts.
func (c Command) key() string {
	if c.Name == "" {
		return "call"
	}
	return strings.ReplaceAll(c.Name, " ", "_")
}

// Title is the command as it is typed.
func (c Command) Title() string { return strings.TrimSpace(program + " " + c.Name) }

// help is the command line that shows the command's help.
func (c Command) help() string {
	if c.Name == "" {
		return program + " help " + c.key()
	}
	return program + " help " + c.Name
}

// Keys are the keys of all texts that the command's help needs.
func (c Command) Keys() []string {
	f := newFlags()
	c.Declare(f)
	keys := []string{"commands.about." + c.key()}
	if f.word != nil {
		keys = append(keys, "commands.word."+f.wordName)
	}
	f.set.VisitAll(func(one *flag.Flag) { keys = append(keys, "commands.flag."+one.Name) })
	return keys
}

// flagText describes a flag: in the command's own text, or else in the common one.
func (c Command) flagText(l texts.Language, name string) string {
	if own := "commands.flag." + c.key() + "." + name; l.Has(own) {
		return l.Say(own)
	}
	return l.Say("commands.flag." + name)
}

// arguments is what follows the command's name.
func (f *Flags) arguments(l texts.Language) string {
	said := ""
	if f.set.Lookup("trans_type") != nil {
		said = " " + l.Say("commands.help.call")
	}
	if f.word != nil {
		said = " " + l.Say("commands.word."+f.wordName)
		if !f.needed {
			said = " [" + strings.TrimSpace(said) + "]"
		}
	}
	f.set.VisitAll(func(*flag.Flag) {
		said = strings.TrimSuffix(said, " ["+l.Say("commands.help.flags_word")+"]") + " [" + l.Say("commands.help.flags_word") + "]"
	})
	return said
}

// Help is the command's help.
func (c Command) Help(l texts.Language) string {
	f := newFlags()
	c.Declare(f)
	lines := []string{l.Say("commands.help.usage", "usage", c.Title()+f.arguments(l)), "", l.Say("commands.about." + c.key())}
	if flags := c.flagLines(f, l); len(flags) > 0 {
		lines = append(append(lines, "", l.Say("commands.help.flags")), flags...)
	}
	if more := "commands.more." + c.key(); l.Has(more) {
		lines = append(lines, "", l.Say(more))
	}
	return strings.Join(lines, "\n") + "\n"
}

// flagLines has a line for each flag, in two columns.
func (c Command) flagLines(f *Flags, l texts.Language) (lines []string) {
	var left, right []string
	width := 0
	f.set.VisitAll(func(one *flag.Flag) {
		one.Usage = c.flagText(l, one.Name)
		value, text := flag.UnquoteUsage(one)
		name := "--" + one.Name
		if !isBool(one) {
			name += " " + value
		}
		if d := one.DefValue; d != "" && d != "false" && d != "0" {
			text += " " + l.Say("commands.help.default", "value", d)
		}
		left, right = append(left, name), append(right, text)
		width = max(width, devices.Columns(name))
	})
	for i, name := range left {
		lines = append(lines, "  "+name+strings.Repeat(" ", width-devices.Columns(name)+2)+right[i])
	}
	return lines
}

// Help lists the table's commands: how each is typed, and the first line about it.
// title and more are keys of texts.
func (t Table) Help(l texts.Language, title, more string) string {
	lines := []string{l.Say(title), ""}
	for _, c := range t {
		f := newFlags()
		c.Declare(f)
		about, _, _ := strings.Cut(l.Say("commands.about."+c.key()), "\n")
		lines = append(lines, "  "+c.Title()+f.arguments(l), "        "+about)
	}
	return strings.Join(append(lines, "", l.Say(more)), "\n") + "\n"
}
