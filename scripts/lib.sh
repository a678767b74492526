# Shared by the scripts beside it, as whoever runs them; not run by itself.
# It knows the repository's root, installs Debian packages that are missing, and
# starts an X server where there is none.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p out

say() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# What the player opens at run time: X11, GL, a sound card, ffmpeg.
player_packages="ffmpeg libgl1 libegl1 libgl1-mesa-dri libx11-6 libxcursor1 libxext6 libxi6 libxinerama1 libxrandr2 libxrender1 libxxf86vm1 libasound2 x11-xserver-utils"

# install PACKAGE...: installs what is missing. Needs root only then.
install() {
  local missing=()
  for p in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "These programs are missing, and this is not Debian: ${missing[*]}"
  local as=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "Run once as root: apt-get install ${missing[*]}"
    as=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as[@]}" apt-get update -qq
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >out/apt.log 2>&1 ||
    { tail -n 20 out/apt.log >&2; die "The packages could not be installed (out/apt.log)."; }
}

# unpacked PACKAGE PATH: a program of a Debian package that would start a service if
# it was installed; prints where it is.
unpacked() {
  local to=$PWD/out/unpacked/$1
  if [ ! -x "$to/$2" ]; then
    rm -rf "$to"
    mkdir -p "$to"
    (cd "$to" && apt-get download -qq "$1" >apt.log 2>&1 && dpkg -x ./*.deb .) ||
      { cat "$to/apt.log" >&2; die "The package $1 cannot be downloaded. If the list of packages is old, run apt-get update as root."; }
  fi
  echo "$to/$2"
}

need_go() { command -v go >/dev/null || die "Go is missing: install Go 1.26 or later, then run this again."; }

# build: the player, as it is shipped: without cgo, and knowing when it was built:
# no clock is right that is before that.
build() {
  CGO_ENABLED=0 go build -trimpath -ldflags "-X main.built=$(date -u +%Y-%m-%dT%H:%M:%SZ)" -o out/entracte ./cmd/entracte
}

# screen WxH: an X server of that size in DISPLAY; stopped when the script ends.
screen() {
  local fifo
  fifo=$(mktemp -u)
  mkfifo "$fifo"
  Xvfb -displayfd 3 -screen 0 "${1}x24" -nolisten tcp 3>"$fifo" >/dev/null 2>&1 &
  xvfb=$!
  trap 'kill "$xvfb" 2>/dev/null || true' EXIT
  local n=""
  read -r -t 30 n <"$fifo" || true
  rm -f "$fifo"
  [ -n "$n" ] || die "Xvfb does not start."
  export DISPLAY=:$n
}

# fuzz DURATION: every fuzz target of the tree, two at a time, with one worker each.
# Minimising is off: it can stall a short run for longer than the run itself.
fuzz() {
  local packages pkg listed
  packages=$(go list ./...) || die "go list fails"
  rm -rf out/fuzz
  mkdir -p out/fuzz
  for pkg in $packages; do
    listed=$(go test -list '^Fuzz' "$pkg") || die "$pkg does not build"
    sed -n "s|^Fuzz.*|$pkg &|p" <<<"$listed"
  done >out/fuzz/targets
  export -f fuzz_one
  xargs -P 2 -L 1 bash -c 'fuzz_one "$@"' fuzz_one "$1" <out/fuzz/targets || die "a fuzz target found something"
}

# fuzz_one DURATION PACKAGE TARGET
fuzz_one() {
  local log=out/fuzz/${2//\//-}-$3
  echo "$2 $3"
  go test -run '^$' -fuzz "^$3\$" -fuzztime "$1" -parallel 1 -fuzzminimizetime 1x "$2" >"$log" 2>&1 && return
  # The engine sometimes fails on its own deadline at the end of a run.
  grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log" && return
  cat "$log"
  return 1
}
