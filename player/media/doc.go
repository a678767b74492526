// Package media opens pictures, animations and films within limits, and makes
// them ready to draw.
//
// It promises:
//
//   - A file is what its bytes say, not its name. JPEG, PNG, WebP and GIF, and
//     H.264, HEVC, VP8, VP9 and AV1 in MP4, QuickTime, WebM or Matroska are
//     played; everything else is refused in one sentence and a "hint: " line.
//   - Sizes, and the memory that decoding would take, are checked against limits
//     before a pixel is decoded. Pictures and animations are decoded here; films
//     by ffmpeg, in a process of its own that is killed when it makes no progress
//     for five seconds, on Close, and with its context.
//   - What it delivers is upright (EXIF orientation, a film's rotation), opaque on
//     black, and no larger than the glass needs. It is never enlarged: the one who
//     draws stretches.
//   - A hostile or damaged file is an error or a film's Err, never a panic and
//     never a wait without end.
//   - A frame that was handed out does not change before the next is asked for.
//
// It must not know campaigns, clocks, screens or the network: elapsed time is an
// argument. Colour profiles are ignored; animated PNGs show their first frame;
// films of high dynamic range are not tone-mapped.
//
// A worked example, the life of one film:
//
//	c, err := media.Open(ctx, "spring.mp4", media.Options{Glass: image.Pt(1920, 1080)})
//	if err != nil {
//		return err // "spring.mp4 is an AVI film, …\nhint: ffmpeg -i spring.mp4 …"
//	}
//	defer c.Close()
//	film := c.(*media.Video)
//	for {
//		frame, ended := film.Frame(time.Since(start))
//		if ended {
//			return film.Err()
//		}
//		texture.WritePixels(frame.Pix) // film.Coded.X/4 × film.Coded.Y*3/2 texels
//		time.Sleep(film.NextDue(time.Since(start)))
//	}
//
// # From YUV to RGB
//
// A film's samples stay as they are coded, since a graphics card converts them
// for nothing. With y, u, v and the result from 0 to 1, the luma shares Kr and Kb
// of the [Matrix], and Kg = 1 − Kr − Kb, ITU-R BT.601-7 (2.5), BT.709-6 (3) and
// BT.2020-2 (table 4, table 5) define
//
//	Y = Kr·R + Kg·G + Kb·B    Cb = (B − Y) / (2·(1 − Kb))    Cr = (R − Y) / (2·(1 − Kr))
//
// and, for eight bits, quantise the limited range as
//
//	byte = 16 + 219·Y    byte = 128 + 224·Cb    byte = 128 + 224·Cr
//
// while the full range (ITU-T T.871, JFIF) is 255·Y and 128 + 255·C. Solved for
// the colours:
//
//	Y  = (y − 16/255)·255/219      or  y            in full range
//	Cb = (u − 128/255)·255/224     or  u − 128/255  in full range, Cr of v alike
//	R  = Y                           + 2·(1 − Kr)·Cr
//	G  = Y − 2·Kb·(1 − Kb)/Kg·Cb     − 2·Kr·(1 − Kr)/Kg·Cr
//	B  = Y + 2·(1 − Kb)·Cb
//
// [Coefficients] returns exactly these factors for a shader.
package media
