// Package card draws, with the CPU, every still frame that is ours: card
// creatives, the advertiser's mark, the venue's idle and neutral looks, and
// plain notices.
//
// It promises that
//   - every glass from a few pixels to 8K, lying or standing, gets a picture of
//     exactly its size, and no text, however odd, makes it fail;
//   - what is read stays inside the safe margin ([MarkMargin]), never covers the
//     QR code, and always has a contrast of at least 4.5:1 with what is under it,
//     whatever the picture;
//   - a QR code is dark on white with its quiet zone of four modules, on whole
//     pixels;
//   - equal inputs give equal pixels, from any number of goroutines.
//
// It must not know advertisers, presence, time or files: words and decoded
// pictures come in, pixels go out. It must not import ebiten.
//
//	still, err := card.Draw(card.Card{
//		Title:   "Vos photos de mariage",
//		Text:    "Premier rendez-vous offert",
//		Picture: studio,
//		QR:      "https://example.org",
//	}, image.Pt(1920, 1080))
//
// The type is set as a person would: from one measured scale, with kerning and
// ligatures, in lines of about the same length, with French spaces that never
// break and the small words kept with what follows them. Text that is too long
// shrinks to a floor readable from where customers stand, then ends in "…".
package card
