# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Parts of tools/stages.sh: what is shipped. Both packages run on a bare Debian 12.

# The shared libraries that a bare Debian does not have, one path a line.
libraries_to_bundle() {
    ldd build/release/bin/gossamer build/release/bin/gossamer-worker |
        awk '$3 ~ "^/(usr/)?lib/" { print $3 }' | xargs -r realpath -s | sort -u |
        grep -vE '/(ld-linux|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.so)'
}

# fill_package FOLDER: programs, their libraries, and the licences of what is in them.
fill_package() {
    local out=$1 library owner part
    rm -rf "$out"
    mkdir -p "$out/bin" "$out/licences"
    cp build/release/bin/gossamer* "$out/bin/"
    strip "$out"/bin/*
    cp -rL build/release/lib "$out/lib"
    # Of XGBoost's wheel only the library is needed, in the place that its own search path expects.
    find "$out/lib/gossamer/xgboost" -mindepth 1 -maxdepth 1 ! -name lib -exec rm -rf {} +
    while read -r library; do
        cp -L "$library" "$out/lib/gossamer/"
        owner=$(dpkg -S "$(realpath "$library")" | head -n 1 | cut -d: -f1)
        cp "/usr/share/doc/$owner/copyright" "$out/licences/$owner.txt"
    done < <(libraries_to_bundle)
    for part in duckdb xgboost lightgbm; do
        find "$(/usr/bin/python3 tools/parts.py path "$part")" -name LICENSE -exec \
            cp {} "$out/licences/$part.txt" \;
    done
    # The page is made of these, and compiled in.
    for part in react react-dom scheduler; do
        cp "$(/usr/bin/python3 tools/parts.py path page)/node_modules/$part/LICENSE" \
            "$out/licences/$part.txt"
    done
    cp LICENSE README.md "$out/"
}

# try_program PROGRAM: it has to work with none of this tree's settings.
try_program() {
    local folder
    folder=$(mktemp -d)
    env -i PATH=/usr/bin:/bin "$1" --version
    if ! env -i PATH=/usr/bin:/bin "$1" demo "$folder/demo" >"$folder/demo.log" 2>&1; then
        cat "$folder/demo.log" >&2
        echo "dev package: the demo does not run with $1" >&2
        return 1
    fi
    rm -rf "$folder"
}

package_tar() {
    local out=dist/gossamer-linux-x86_64.tar.gz folder
    tar -C dist -czf "$out" gossamer
    folder=$(mktemp -d)
    tar -C "$folder" -xzf "$out"
    try_program "$folder/gossamer/bin/gossamer"
    rm -rf "$folder"
    echo "$out"
}

package_deb() {
    local version root=dist/deb out folder
    version=$(sed -nE 's/^project\(gossamer VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
    out=dist/gossamer_${version}_amd64.deb
    rm -rf "$root"
    mkdir -p "$root"/{DEBIAN,usr/bin,usr/lib/systemd/system,etc/default,usr/share/doc/gossamer}
    cp -r dist/gossamer "$root/usr/lib/gossamer"
    ln -s ../lib/gossamer/bin/gossamer "$root/usr/bin/gossamer"
    cp packaging/gossamer.service "$root/usr/lib/systemd/system/"
    cp packaging/gossamer.default "$root/etc/default/gossamer"
    cp LICENSE "$root/usr/share/doc/gossamer/copyright"
    echo /etc/default/gossamer >"$root/DEBIAN/conffiles"
    install -m 0755 packaging/postinst "$root/DEBIAN/postinst"
    sed "s/@VERSION@/$version/; s/@SIZE@/$(du -sk "$root/usr" | cut -f1)/" packaging/control \
        >"$root/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip --build "$root" "$out" >/dev/null
    folder=$(mktemp -d)
    dpkg-deb -x "$out" "$folder"
    try_program "$folder/usr/bin/gossamer"
    rm -rf "$folder" "$root"
    echo "$out"
}

# package: a folder, a tar and a Debian package in dist/.
package() {
    build
    fill_package dist/gossamer
    package_tar
    package_deb
}
