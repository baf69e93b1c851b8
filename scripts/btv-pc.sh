#!/bin/sh
# Prints the pkg-config file of libbtv: `btv-pc.sh PREFIX VERSION`
set -eu

cat <<EOF
prefix=$1
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: btv
Description: bearer-token validator for APIs protected by Microsoft Entra ID
Version: $2
Requires.private: openssl libcurl
Libs: -L\${libdir} -lbtv
Libs.private: -pthread
Cflags: -I\${includedir}
EOF
