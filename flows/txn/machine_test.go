package txn

import "testing"

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range rechargeTable().Check(draft) {
		t.Error(problem)
	}
}

// Every state that is not final says what each word of the platform means, so
// that a query can always end it.
func TestEveryOpenStateHearsEveryWord(t *testing.T) {
	for state := range rechargeTable() {
		for _, result := range results() {
			if state != draft && !rechargeTable().Takes(state, told{result: result}.Name()) {
				t.Errorf("%q does not hear %q", state, result)
			}
		}
	}
}
