package main

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/storage/disk"
)

func newNotice() *cobra.Command {
	var configPath, out, language, level string
	cmd := &cobra.Command{
		Use:   "notice",
		Short: "Write the shop's notice: what the sensors say, how ads are chosen, what is kept",
		Long: `Writes a page to print, made from the shop's own config: which sensors there
are, how ads are chosen and how to switch that off, what is kept and for how long,
who is responsible. It states facts only, and loads nothing from elsewhere.

  --level short   for the door or the screen's frame, A6
  --level full    for a folder at the counter, A4`,
		Args: exactly(0, "entracte notice --config FILE --out notice.html"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case level != levelShort && level != levelFull:
				return usageError{fmt.Errorf("--level %q is not one of the notice's\nhint: --level short or --level full", level)}
			case out == "":
				return usageError{errors.New("the notice needs a file to be written to\nhint: entracte notice --config FILE --out notice.html")}
			}
			path, err := findConfig(configPath)
			if err != nil {
				return err
			}
			c, err := config.Load(path, assets.Vocabulary())
			if err != nil {
				return err
			}
			lang, err := spokenHere(language, path)
			if err != nil {
				return err
			}
			return writeNotice(out, newNoticePage(c, lang, level))
		},
	}
	configFlag(cmd, &configPath)
	cmd.Flags().StringVar(&out, "out", "", "the HTML file to write")
	languageFlag(cmd, &language)
	cmd.Flags().StringVar(&level, "level", levelFull, "short or full")
	return cmd
}

const (
	levelShort = "short"
	levelFull  = "full"
)

var noticeTemplate = template.Must(template.New("notice").Parse(assets.NoticePage()))

// writeNotice writes the page whole or not at all.
func writeNotice(out string, p noticePage) error {
	if i, err := os.Stat(out); err == nil && i.IsDir() {
		return fmt.Errorf("%s is a folder\nhint: name a file in it: --out %s", out, filepath.Join(out, "notice.html"))
	}
	err := disk.Save(disk.OS, filepath.Dir(out), func(w io.Writer) (string, error) {
		return filepath.Base(out), noticeTemplate.Execute(w, p)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s\nhint: make it, or name another file with --out", filepath.Dir(out))
	}
	if err != nil {
		return disk.Explain("cannot write the notice", out, err)
	}
	return nil
}
