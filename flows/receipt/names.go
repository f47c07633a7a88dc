package receipt

import "onetrans/assets/dict"

// Names are people's names for the specification's codes.
type Names struct{ cards, insurances dict.Dictionary }

// OpenNames opens the dictionaries.
func OpenNames() (Names, error) {
	cards, err := dict.Open("card_type")
	if err != nil {
		return Names{}, err
	}
	insurances, err := dict.Open("insutype")
	return Names{cards, insurances}, err
}

func (n Names) card(code string) string { return n.cards.Name(code) }

func (n Names) insurance(code string) string { return n.insurances.Name(code) }
