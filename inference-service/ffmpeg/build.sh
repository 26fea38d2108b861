#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the minimal static FFmpeg that Earshot decodes with: audio demuxers and decoders only, no network, no video.
# Used by the bootstrap (into the cache) and by the Dockerfile (a build stage).
#
#   sh build.sh TARGET_DIR     builds TARGET_DIR/ffmpeg
#
# The source is Debian's source package, found through the mirror that this machine's apt already uses.
#   EARSHOT_DEBIAN_MIRROR   another mirror (for machines that are not Debian)
#   EARSHOT_FFMPEG_SOURCE   an ffmpeg source archive of your own instead (its sha256 is checked all the same)
set -eu

# What the golden decode set was measured with. Another version in the archive is built too: the set decides on it.
PINNED_VERSION=9.0.2
PINNED_SHA256=8c3850283eb25fa026482078a04051e0be17347b09ef81a0849bec15a96e002e
RELEASES='forky trixie'

fail() {
  echo "ffmpeg build: $1" >&2
  echo "  → $2" >&2
  exit 1
}
say() { echo "ffmpeg build: $1 ($(($(date +%s) - START)) s)" >&2; }

START=$(date +%s)
[ $# -eq 1 ] || fail 'no target folder given' 'sh inference-service/ffmpeg/build.sh TARGET_DIR'
mkdir -p "$1"
TARGET=$(cd "$1" && pwd)
for tool in gcc make xz sha256sum; do
  command -v "$tool" >/dev/null || fail "$tool is missing" 'apt-get install gcc libc6-dev make nasm xz-utils'
done
# A build is some 150 MB; it happens beside the target so that the last step is an atomic rename.
WORK=$(mktemp -d "$TARGET/.build-XXXXXX")
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

debian_mirror() {
  if [ -n "${EARSHOT_DEBIAN_MIRROR:-}" ]; then
    echo "$EARSHOT_DEBIAN_MIRROR"
    return
  fi
  command -v apt-get >/dev/null ||
    fail 'no apt on this machine' 'set EARSHOT_DEBIAN_MIRROR, EARSHOT_FFMPEG_SOURCE, or FFMPEG_PATH to a decoder of your own'
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1
}

# Private lists: neither root rights nor a change to the machine's own sources are needed.
apt_private() {
  apt-get -qq -o Dir::State::lists="$WORK/lists" -o Dir::Etc::sourcelist="$WORK/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::Cache="$WORK/apt" -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Acquire::Retries=3 "$@"
}

download() {
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail "apt's sources name no Debian mirror" 'set EARSHOT_DEBIAN_MIRROR to one'
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  signed=$([ -f "$keyring" ] && echo "[signed-by=$keyring]" || true)
  mkdir -p "$WORK/apt/archives/partial" "$WORK/source"
  for release in $RELEASES; do
    rm -rf "$WORK/lists"
    mkdir -p "$WORK/lists/partial"
    echo "deb-src $signed $mirror $release main" >"$WORK/sources.list"
    say "asking $release for its source package"
    (cd "$WORK/source" && apt_private update && apt_private source --download-only ffmpeg) >"$WORK/apt.log" 2>&1 || true
    ARCHIVE=$(find "$WORK/source" -name 'ffmpeg_*.orig.tar.xz' | head -n 1)
    [ -z "$ARCHIVE" ] || return 0
  done
  tail -n 5 "$WORK/apt.log" >&2
  fail "no release of $RELEASES gave ffmpeg's source" 'check the network and apt, or set EARSHOT_FFMPEG_SOURCE or FFMPEG_PATH'
}

verify() {
  sum=$(sha256sum "$ARCHIVE" | cut -d ' ' -f 1)
  [ "$sum" != "$PINNED_SHA256" ] || return 0
  case "$(basename "$ARCHIVE")" in
    *"$PINNED_VERSION"*) fail "the source of $PINNED_VERSION has sha256 $sum, not $PINNED_SHA256" 'use another mirror' ;;
  esac
  # apt checked it against the signed index; an archive handed in by hand has no such voucher.
  [ -z "${EARSHOT_FFMPEG_SOURCE:-}" ] || fail "EARSHOT_FFMPEG_SOURCE has sha256 $sum" "give ffmpeg $PINNED_VERSION's own archive"
  say "the archive has moved on to $(basename "$ARCHIVE"); the golden decode set decides whether it serves"
}

configure() {
  asm=
  command -v nasm >/dev/null || { asm=--disable-x86asm && say 'nasm is missing: building without it (slower decoding)'; }
  ./configure --disable-everything --disable-autodetect --disable-network --disable-doc --disable-debug $asm \
    --disable-avdevice --disable-swscale --disable-ffplay --disable-ffprobe \
    --enable-static --disable-shared --extra-ldflags=-static \
    --enable-protocol=file,pipe,fd \
    --enable-demuxer=wav,w64,mp3,flac,ogg,mov,matroska,aac,aiff,amr,au,caf,asf,wv,ape \
    --enable-decoder=mp3float,mp3,aac,vorbis,opus,flac,alac,wavpack,ape,wmav1,wmav2,amrnb,amrwb \
    --enable-decoder='pcm_*' --enable-decoder=adpcm_ms,adpcm_ima_wav,adpcm_ima_qt \
    --enable-parser=mpegaudio,aac,vorbis,opus,flac --enable-encoder=pcm_f32le --enable-muxer=pcm_f32le \
    --enable-filter=aresample,aformat,anull,atrim,abuffer,abuffersink
}

if [ -n "${EARSHOT_FFMPEG_SOURCE:-}" ]; then ARCHIVE=$EARSHOT_FFMPEG_SOURCE; else download; fi
verify
say "unpacking $(basename "$ARCHIVE")"
mkdir "$WORK/tree"
xz -dc "$ARCHIVE" | tar -x -C "$WORK/tree" --strip-components=1
cd "$WORK/tree"
say 'configuring'
configure >"$WORK/configure.log" 2>&1 || {
  tail -n 15 "$WORK/configure.log" >&2
  fail 'configure refused' 'apt-get install gcc libc6-dev make nasm'
}
say 'compiling (about a minute on two cores)'
make -j"$(nproc)" ffmpeg >"$WORK/make.log" 2>&1 || {
  tail -n 15 "$WORK/make.log" >&2
  fail 'the compiler failed' 'see the lines above; FFMPEG_PATH takes a decoder of your own'
}
strip ffmpeg
./ffmpeg -hide_banner -version >/dev/null || fail 'the fresh binary does not run' 'report the lines above'
mv ffmpeg "$TARGET/ffmpeg"
say "done: $("$TARGET/ffmpeg" -version | head -n 1)"
