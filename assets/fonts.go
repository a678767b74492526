package assets

import _ "embed"

//go:embed fonts/Vollkorn-Medium.ttf
var fontTitle []byte

//go:embed fonts/Inter-Medium.otf
var fontText []byte

//go:embed fonts/InterDisplay-Light.otf
var fontFigures []byte

// FontTitle is the serif of titles and of the venue's name: Vollkorn Medium,
// with Latin, Greek and Cyrillic. The bytes are an OpenType file; they are
// shared, never write to them. Origin and licence: fonts/README.
func FontTitle() []byte { return fontTitle }

// FontText is the sans serif of everything that is read rather than seen:
// Inter Medium, with Latin, Greek and Cyrillic. It has the widest coverage of
// the three and is the fallback of the others. The bytes are shared.
func FontText() []byte { return fontText }

// FontFigures is the light sans serif of the idle clock: Inter Display Light,
// ASCII only. The bytes are shared.
func FontFigures() []byte { return fontFigures }
