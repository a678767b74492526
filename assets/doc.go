// Package assets holds what the program carries inside itself: fonts, shaders,
// and the vocabulary tables, which say in a shop owner's words what a shop is
// and what it sells.
//
// The vocabulary promises that every activity, category, occasion and tag that
// a config or a pack may name is in one of the plain tables of
// assets/vocabulary, which a non-programmer can read and edit: tab-separated
// columns, a comment at the top that says how, and tests that name the line
// that is wrong. An activity lists the categories such a shop sells. That list
// is what keeps a competitor off the screen, so it is better too long than too
// short. The table of relations says what complements a shop, by the same owner's
// judgement and within rules of taste that the tests hold: no competitor, nothing
// festive beside mourning, no miracle cure where people are treated.
//
//	w := assets.Vocabulary()
//	w.HasActivity("jeweler")      // false
//	w.SuggestActivity("jeweler")  // "jeweller"
//	w.Sells("jeweller")           // 1073 "Jewelry and Watches", ...
//	w.Relations("jeweller")[0]    // 1066 "Wedding Dresses ...", occasion 165, strength 3
//	assets.SearchActivities("bijoutrie")[0].Slug // "jeweller"
//
// The package must not know the venue, the plan, or any person: tags describe
// what a shop offers and for which moments, never traits that the law protects.
// It imports the standard library and the words of scheduler/plan only, so that
// every part may use it; its tables are read once and never written, so that any
// goroutine may.
package assets
