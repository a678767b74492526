package stage

import (
	_ "embed"
	"fmt"
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
	"entracte/player/media"
)

//go:embed blend.kage
var blendSource []byte

//go:embed wipe.kage
var wipeSource []byte

//go:embed film.kage
var filmSource []byte

//go:embed film_smooth.kage
var filmSmoothSource []byte

type shaders struct{ blend, wipe, film, filmSmooth *ebiten.Shader }

func newShaders() (*shaders, error) {
	var s shaders
	for _, one := range []struct {
		to   **ebiten.Shader
		name string
		text []byte
	}{{&s.blend, "blend", blendSource}, {&s.wipe, "wipe", wipeSource}, {&s.film, "film", filmSource}, {&s.filmSmooth, "film_smooth", filmSmoothSource}} {
		sh, err := ebiten.NewShader(one.text)
		if err != nil {
			return nil, fmt.Errorf("%s.kage: %w", one.name, err)
		}
		*one.to = sh
	}
	return &s, nil
}

// canvas is what the final screen and an image have in common.
type canvas interface {
	DrawImage(*ebiten.Image, *ebiten.DrawImageOptions)
	DrawTriangles([]ebiten.Vertex, []uint16, *ebiten.Image, *ebiten.DrawTrianglesOptions)
	DrawTrianglesShader([]ebiten.Vertex, []uint16, *ebiten.Shader, *ebiten.DrawTrianglesShaderOptions)
	Fill(color.Color)
}

// scene draws layers on a screen of a size, turned and fitted.
type scene struct {
	screen   image.Point
	rotation Rotation
	fit      Fit
	shaders  *shaders
}

func (s *scene) glass() image.Point { return s.rotation.Upright(s.screen) }

// draw writes the whole canvas: cur alone, or the passage from old to cur.
func (s *scene) draw(to canvas, old, cur *layer, p passage, progress float32) {
	if old == nil {
		s.layer(to, cur, 1, 0, 1)
		s.mark(to, cur, 1, 0)
		return
	}
	switch {
	case p.kind == player.Slide:
		in, out := p.offset(progress)
		to.Fill(color.Black)
		s.layer(to, old, 1, out, 1)
		s.mark(to, old, 1, out)
		s.layer(to, cur, 1, in, 1)
		s.mark(to, cur, 1, in)
	case s.onePass(old) && s.onePass(cur):
		s.mix(to, old, cur, p, progress)
		s.mark(to, old, 1-progress, 0)
		s.mark(to, cur, progress, 0)
	case p.kind == player.Wipe:
		s.layer(to, old, 1, 0, 1)
		s.mark(to, old, 1-progress, 0)
		s.layer(to, cur, 1, 0, progress)
		s.mark(to, cur, progress, 0)
	default:
		s.layer(to, old, 1, 0, 1)
		s.layer(to, cur, progress, 0, 1)
		s.mark(to, old, 1-progress, 0)
		s.mark(to, cur, progress, 0)
	}
}

// onePass reports whether the layer is a picture that fills the glass exactly,
// so that two of them can be mixed while the screen is written once.
func (s *scene) onePass(l *layer) bool {
	return l.pic != nil && l.backdrop == nil && l.pic.Bounds().Size() == s.glass()
}

func (s *scene) mix(to canvas, old, cur *layer, p passage, progress float32) {
	sh := s.shaders.blend
	if p.kind == player.Wipe {
		sh = s.shaders.wipe
	}
	all := boxOf(s.glass())
	to.DrawTrianglesShader(s.quad(all, all, 0), twoTriangles, sh, &ebiten.DrawTrianglesShaderOptions{
		Images:   [4]*ebiten.Image{old.pic, cur.pic},
		Uniforms: map[string]any{"Progress": progress},
		Blend:    ebiten.BlendCopy,
	})
}

// layer draws one layer at an opacity, moved sideways by dx glass widths, its
// left part only when cut is below 1.
func (s *scene) layer(to canvas, l *layer, alpha, dx, cut float32) {
	w, h := l.size()
	if w == 0 {
		s.solid(to, alpha, dx, cut)
		return
	}
	fit := s.fit
	if l.frame.Look != player.LookShow {
		fit = Cover
	}
	src, dst := place(w, h, s.glass(), fit)
	full := boxOf(s.glass())
	if dst != full {
		if l.backdrop != nil && fit == Blur {
			b := l.backdrop.Bounds().Size()
			bsrc, bdst := place(float32(b.X), float32(b.Y), s.glass(), Cover)
			s.image(to, l.backdrop, bsrc, bdst, alpha, dx, cut, true)
		} else {
			s.solid(to, alpha, dx, cut)
		}
	}
	if l.moving != nil {
		if v, ok := l.frame.Content.(*media.Video); ok {
			s.film(to, l, v, src, dst, alpha, dx, cut)
			return
		}
	}
	pic := l.pic
	if pic == nil {
		pic = l.moving
	}
	scaled := src.dx() != dst.dx() || src.dy() != dst.dy()
	s.image(to, pic, src, dst, alpha, dx, cut, scaled)
}

// size is the layer's display size in pixels, 0 when it has nothing to draw yet.
func (l *layer) size() (w, h float32) {
	if v, ok := l.frame.Content.(*media.Video); ok {
		if l.moving == nil {
			return 0, 0
		}
		return float32(v.Display.X), float32(v.Display.Y)
	}
	for _, img := range []*ebiten.Image{l.pic, l.moving} {
		if img != nil {
			b := img.Bounds()
			return float32(b.Dx()), float32(b.Dy())
		}
	}
	return 0, 0
}

var white = func() *ebiten.Image {
	img := ebiten.NewImage(3, 3)
	img.Fill(color.White)
	return img.SubImage(image.Rect(1, 1, 2, 2)).(*ebiten.Image)
}()

// solid draws black, which is what is behind everything.
func (s *scene) solid(to canvas, alpha, dx, cut float32) {
	if alpha >= 1 && dx == 0 && cut >= 1 {
		to.Fill(color.Black)
		return
	}
	vs := s.quad(box{1, 1, 2, 2}, clip(boxOf(s.glass()), cut), dx)
	for i := range vs {
		vs[i].ColorR, vs[i].ColorG, vs[i].ColorB, vs[i].ColorA = 0, 0, 0, alpha
	}
	to.DrawTriangles(vs, twoTriangles, white, &ebiten.DrawTrianglesOptions{ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha})
}

// clip keeps the left part of a box, as a share of its width.
func clip(b box, cut float32) box {
	b.x1 = b.x0 + b.dx()*cut
	return b
}

func (s *scene) image(to canvas, img *ebiten.Image, src, dst box, alpha, dx, cut float32, smooth bool) {
	full := float32(s.glass().X)
	if edge := full * cut; edge < dst.x1 {
		if edge <= dst.x0 {
			return
		}
		share := (edge - dst.x0) / dst.dx()
		src, dst = clip(src, share), clip(dst, share)
	}
	if smooth {
		src = src.inset(0.5)
	}
	vs := s.quad(src, dst, dx)
	for i := range vs {
		vs[i].ColorR, vs[i].ColorG, vs[i].ColorB, vs[i].ColorA = alpha, alpha, alpha, alpha
	}
	op := &ebiten.DrawTrianglesOptions{ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha}
	if smooth {
		op.Filter = ebiten.FilterLinear
	}
	if alpha >= 1 && dx == 0 {
		op.Blend = ebiten.BlendCopy
	}
	to.DrawTriangles(vs, twoTriangles, img, op)
}

// film draws a video's planes through its shader.
func (s *scene) film(to canvas, l *layer, v *media.Video, src, dst box, alpha, dx, cut float32) {
	if edge := float32(s.glass().X) * cut; edge < dst.x1 {
		if edge <= dst.x0 {
			return
		}
		share := (edge - dst.x0) / dst.dx()
		src, dst = clip(src, share), clip(dst, share)
	}
	// place worked in display pixels; the planes may have others (a sample
	// aspect ratio that is not square).
	kx, ky := float32(v.Visible.X)/float32(v.Display.X), float32(v.Visible.Y)/float32(v.Display.Y)
	src = box{src.x0 * kx, src.y0 * ky, src.x1 * kx, src.y1 * ky}
	vs := s.quad(box{}, dst, dx)
	for i, c := range src.corners() {
		vs[i].Custom0, vs[i].Custom1 = c[0], c[1]
	}
	offset, m := media.Coefficients(v.Matrix, v.FullRange)
	sh := s.shaders.film
	if src.dx() != dst.dx() || src.dy() != dst.dy() {
		sh = s.shaders.filmSmooth
	}
	op := &ebiten.DrawTrianglesShaderOptions{
		Images: [4]*ebiten.Image{l.moving},
		Uniforms: map[string]any{
			"Coded":  []float32{float32(v.Coded.X), float32(v.Coded.Y)},
			"Offset": offset[:], "Red": m[0:3], "Green": m[3:6], "Blue": m[6:9],
			"Alpha": alpha,
		},
	}
	if alpha >= 1 && dx == 0 {
		op.Blend = ebiten.BlendCopy
	}
	to.DrawTrianglesShader(vs, twoTriangles, sh, op)
}

// mark hangs the notice of a paid creative where it belongs.
func (s *scene) mark(to canvas, l *layer, alpha, dx float32) {
	if l.mark == nil {
		return
	}
	size := l.mark.Bounds().Size()
	at := l.markAt
	dst := box{float32(at.X), float32(at.Y), float32(at.X + size.X), float32(at.Y + size.Y)}
	vs := s.quad(boxOf(size), dst, dx)
	for i := range vs {
		vs[i].ColorR, vs[i].ColorG, vs[i].ColorB, vs[i].ColorA = alpha, alpha, alpha, alpha
	}
	to.DrawTriangles(vs, twoTriangles, l.mark, &ebiten.DrawTrianglesOptions{ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha})
}

var twoTriangles = []uint16{0, 1, 2, 1, 2, 3}

func (b box) corners() [4][2]float32 {
	return [4][2]float32{{b.x0, b.y0}, {b.x1, b.y0}, {b.x0, b.y1}, {b.x1, b.y1}}
}

// quad maps a source box onto an upright box moved by dx glass widths, turned as
// the screen hangs.
func (s *scene) quad(src, dst box, dx float32) []ebiten.Vertex {
	vs := make([]ebiten.Vertex, 4)
	shift := dx * float32(s.glass().X)
	from := src.corners()
	for i, c := range dst.corners() {
		x, y := s.rotation.turn(c[0]+shift, c[1], s.screen)
		vs[i] = ebiten.Vertex{DstX: x, DstY: y, SrcX: from[i][0], SrcY: from[i][1], ColorR: 1, ColorG: 1, ColorB: 1, ColorA: 1}
	}
	return vs
}
