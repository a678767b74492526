package media

import "image"

// window returns which part of an upright picture is needed on the glass, and
// the size in pixels that is enough for it: never more than the part has, never
// more than the glass shows.
func (f Fit) window(size, glass image.Point) (part image.Rectangle, enough image.Point) {
	part = image.Rectangle{Max: size}
	w, h := int64(size.X), int64(size.Y)
	gw, gh := int64(glass.X), int64(glass.Y)
	if f == Cover {
		if w*gh > h*gw {
			cut := max(1, int((h*gw+gh/2)/gh))
			part.Min.X = (size.X - cut) / 2
			part.Max.X = part.Min.X + cut
		} else if cut := max(1, int((w*gh+gw/2)/gw)); cut < size.Y {
			part.Min.Y = (size.Y - cut) / 2
			part.Max.Y = part.Min.Y + cut
		}
		return part, image.Pt(min(part.Dx(), glass.X), min(part.Dy(), glass.Y))
	}
	if size.X <= glass.X && size.Y <= glass.Y {
		return part, size
	}
	if w*gh > h*gw {
		return part, image.Pt(glass.X, max(1, int((h*gw+w/2)/w)))
	}
	return part, image.Pt(max(1, int((w*gh+h/2)/h)), glass.Y)
}

// barred reports whether a picture that shows whole leaves at least a pixel of
// the glass bare.
func barred(size, glass image.Point) bool {
	w, h := int64(size.X), int64(size.Y)
	gw, gh := int64(glass.X), int64(glass.Y)
	if w*gh > h*gw {
		return gh*w-h*gw >= w
	}
	return gw*h-w*gh >= h
}
