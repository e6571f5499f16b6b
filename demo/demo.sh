#!/bin/sh
# The lesson in half a minute: starts the practice server of nc, makes the four calls that a
# reader of the lesson types, and shows what the reader sees. Fails if an answer is not the
# expected one.
#
# usage: demo.sh PATH-OF-NC

set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 PATH-OF-NC" >&2
    exit 2
fi
nc=$1

dir=$(mktemp -d)
server=''

clean_up() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || :
        wait "$server" 2>/dev/null || :
    fi
    rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "demo: FAILED: $*" >&2
    exit 1
}

# The server says on stderr where it listens. The pipe stays open to the end, so that it can go on
# talking.
mkfifo "$dir/said"
"$nc" serve --lab http 127.0.0.1:0 >/dev/null 2>"$dir/said" </dev/null &
server=$!

exec 3<"$dir/said"
port=''
while read -r line <&3; do
    case $line in
        'Listening on 127.0.0.1 '*)
            port=${line##* }
            break
            ;;
        *) echo "$line" >&2 ;;
    esac
done
case $port in
    '' | *[!0-9]*) fail "the practice server did not say 'Listening on 127.0.0.1 PORT'" ;;
esac

# call TITLE STATUS REQUEST: types REQUEST, a format of printf, into nc.
call() {
    title=$1
    expected=$2
    # shellcheck disable=SC2059 # the format is ours: it holds the line ends
    printf "$3" >"$dir/typed"

    ended=0
    "$nc" 127.0.0.1 "$port" -vvv <"$dir/typed" >"$dir/answer" 2>"$dir/stderr" 3<&- || ended=$?

    printf '\n=== %s\n\n$ nc 127.0.0.1 %s -vvv\n' "$title" "$port"
    cat "$dir/stderr" "$dir/typed"
    tr -d '\r' <"$dir/answer"

    version=''
    code=''
    read -r version code _ <"$dir/answer" || :
    [ "$ended" -eq 0 ] || fail "$title: nc ended with status $ended"
    [ "$version" = HTTP/1.1 ] || fail "$title: no answer in HTTP/1.1"
    [ "$code" = "$expected" ] || fail "$title: status $code instead of $expected"
}

call 'The first call' 200 \
    'GET /hello HTTP/1.1\n\n'

call 'A method that is not allowed' 405 \
    'GET /login  HTTP/1.1\n\n'

# Both lengths count the Enter after the body.
call 'A form' 200 \
    'POST /login HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 34\n\nusername=student&password=welcome\n'

call 'JSON' 200 \
    'POST /save HTTP/1.1\nContent-Type: application/json\nContent-Length: 32\n\n{"id": 5150, "name": "student"}\n'

# mistake TITLE NOTE REQUEST: types REQUEST into nc, which reads along and is to say NOTE.
mistake() {
    title=$1
    note=$2
    # shellcheck disable=SC2059 # the format is ours: it holds the line ends
    printf "$3" >"$dir/typed"

    "$nc" --lint http 127.0.0.1 "$port" <"$dir/typed" >"$dir/answer" 2>"$dir/stderr" 3<&- ||
        fail "$title: nc ended with status $?"

    printf '\n=== %s\n\n$ nc --lint http 127.0.0.1 %s\n' "$title" "$port"
    cat "$dir/typed" "$dir/stderr"
    grep -qF "$note" "$dir/stderr" || fail "$title: nc did not say: $note"
}

mistake 'A mistake: the method in small letters' 'line 1: methods are in capitals: GET, not get' \
    'get /hello HTTP/1.1\n\n'

mistake 'A mistake: too short a Content-Length' 'beyond Content-Length will be read as a new request' \
    'POST /login HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 16\n\nusername=student&password=welcome\n'

cat <<END

All four answers are as expected, and both mistakes were noted. Now by hand:
  1. in one terminal:  $nc serve --lab http 8000
  2. in another:       $nc localhost 8000 -vvv
  3. there, type       GET /hello HTTP/1.1    and press Enter twice
END
