#!/bin/sh
# Renders the demo pictures from their SVG sources into ../demo. Run by whoever
# changes the art, as any user, on any machine; never needed to build or run.
# Needs rsvg-convert (librsvg2-bin), ffmpeg, python3 and the Vollkorn font
# (fonts-vollkorn).
#   render.sh          everything
#   render.sh still    only the stills
set -eu
cd "$(dirname "$0")"
frames=$(mktemp -d)
trap 'rm -rf "$frames"' EXIT

still() { # still SHOP NAME: 1920x1080 JPEG
	mkdir -p "../demo/$1"
	rsvg-convert -w 1920 -h 1080 "$2.svg" -o "$frames/$2.png"
	ffmpeg -v error -y -i "$frames/$2.png" -pix_fmt yuvj420p -q:v 5 "../demo/$1/$2.jpg"
}
for name in lens dress castle bouquet island umbrella; do still jeweller $name; done
for name in coffee party market; do still bakery $name; done
for name in portrait training hotel bandage; do still veterinary $name; done
[ "${1:-}" = still ] && exit

/usr/bin/env python3 motion.py "$frames"
for f in "$frames"/bike-*.svg; do rsvg-convert -w 960 "$f" -o "${f%.svg}.png"; done
for f in "$frames"/castle-*.svg; do rsvg-convert -w 1280 "$f" -o "${f%.svg}.png"; done
ffmpeg -v error -y -framerate 16 -i "$frames/bike-%02d.png" -filter_complex \
	'split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none' -loop 0 ../demo/bakery/bike.gif
ffmpeg -v error -y -framerate 25 -i "$frames/castle-%03d.png" -c:v libx264 -preset veryslow -crf 27 \
	-pix_fmt yuv420p -movflags +faststart -an ../demo/jeweller/castle.mp4
