package player

import "slices"

// A Concern is what a notice is about. The words that an owner reads are chosen by
// it, by whoever draws the idle look.
type Concern string

// What the player itself has to say. A plan may come with concerns of its own.
const (
	// NoService: there is no service input, and so no silence during service.
	NoService Concern = "no-service"
	// InputFault: the inputs that Names has do not work as they should.
	InputFault Concern = "input"
	// ClockUnset: so many Ads wait for a better clock.
	ClockUnset Concern = "clock"
	// LookFault: the venue's own frame is not as the config asks.
	LookFault Concern = "look"
	// RecordFault: plays cannot be recorded.
	RecordFault Concern = "record"
	// Unshown: so many Files of so many Ads failed on their way to the glass.
	Unshown Concern = "unshown"
)

// A Notice is something that somebody should see to: figures for the sentence that
// an owner reads on the idle look, and facts for a technician.
type Notice struct {
	Concern Concern
	// Files, Ads and Names are how much of it there is; zero where that says nothing.
	Files, Ads int
	Names      []string
	// Details are the facts, in English, for the status. The second line of one may
	// begin with "hint: ".
	Details []string
}

func (n Notice) equal(m Notice) bool {
	return n.Concern == m.Concern && n.Files == m.Files && n.Ads == m.Ads && slices.Equal(n.Names, m.Names) && slices.Equal(n.Details, m.Details)
}

func equalNotices(a, b []Notice) bool { return slices.EqualFunc(a, b, Notice.equal) }
