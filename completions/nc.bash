# bash completion for nc, made from its option table.

_nc_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_nc_files() {
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
}

_nc() {
    local word
    case ${COMP_WORDS[COMP_CWORD - 1]} in
        --explain-command) COMPREPLY=(); return ;;
        --lab) _nc_words 'http'; return ;;
        -f | --file) _nc_files; return ;;
        -p | --source-port) COMPREPLY=(); return ;;
        -s | --source) COMPREPLY=(); return ;;
        -i | --interval) COMPREPLY=(); return ;;
        --delay) COMPREPLY=(); return ;;
        --rate) COMPREPLY=(); return ;;
        -o | --hex) _nc_files; return ;;
        --hex-dump) _nc_files; return ;;
        --output) _nc_files; return ;;
        --log) _nc_files; return ;;
        --pcap) COMPREPLY=(); return ;;
        --lint) _nc_words 'http smtp redis auto none'; return ;;
        -e | --exec) COMPREPLY=(); return ;;
        -c | --sh-exec) COMPREPLY=(); return ;;
        --lua-exec) _nc_files; return ;;
        --max-conns) COMPREPLY=(); return ;;
        --allow) COMPREPLY=(); return ;;
        --allowfile) _nc_files; return ;;
        --deny) COMPREPLY=(); return ;;
        --denyfile) _nc_files; return ;;
        -L | --tunnel) COMPREPLY=(); return ;;
        --tunnel-port) COMPREPLY=(); return ;;
        --tunnel-source) COMPREPLY=(); return ;;
        -w | --wait) COMPREPLY=(); return ;;
        --idle-timeout) COMPREPLY=(); return ;;
        -q | --quit-after) COMPREPLY=(); return ;;
        -W | --receive-limit) COMPREPLY=(); return ;;
        -x | --proxy) COMPREPLY=(); return ;;
        -X | --proxy-type) _nc_words '4 4a 5 connect http socks4 socks4a socks5'; return ;;
        -P | --proxy-user) COMPREPLY=(); return ;;
        --proxy-auth) COMPREPLY=(); return ;;
        --proxy-dns) _nc_words 'remote local both none'; return ;;
        --cafile) COMPREPLY=(); return ;;
        --pin) COMPREPLY=(); return ;;
        --tls-name) COMPREPLY=(); return ;;
        --sni) COMPREPLY=(); return ;;
        --alpn) COMPREPLY=(); return ;;
        --cert) COMPREPLY=(); return ;;
        --key) COMPREPLY=(); return ;;
        --require-client-cert) COMPREPLY=(); return ;;
        --tls-min) COMPREPLY=(); return ;;
        --tls-max) COMPREPLY=(); return ;;
        --ciphers) COMPREPLY=(); return ;;
        --keylog) COMPREPLY=(); return ;;
        --starttls) COMPREPLY=(); return ;;
        --warn) COMPREPLY=(); return ;;
        --pem) _nc_files; return ;;
        -T | --tos) _nc_words 'af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 ef inetcontrol netcontrol lowcost lowdelay reliability throughput Minimize-Delay Maximize-Throughput Maximize-Reliability Minimize-Cost'; return ;;
        -M | --ttl) COMPREPLY=(); return ;;
        -m | --min-ttl) COMPREPLY=(); return ;;
        -I | --receive-buffer) COMPREPLY=(); return ;;
        -O | --send-buffer) COMPREPLY=(); return ;;
        -g | --gateway) COMPREPLY=(); return ;;
        -G | --pointer) COMPREPLY=(); return ;;
        --exit-status) _nc_words 'classic detailed'; return ;;
        --dialect) _nc_words 'default openbsd openbsd-upstream traditional ncat busybox busybox-small gnu toybox'; return ;;
    esac
    if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
        _nc_words '-l --listen -k --keep-open -z --zero -r --randomize -F --pass-socket --explain-command --lab --explain --multipart --dry-run -4 --ipv4 -6 --ipv6 -u --udp -U --unixsock -Z --dccp --sctp --udplite --tcp --vsock -f --file -n --nodns -p --source-port -s --source -C --crlf --edit --no-history -d --recv-only --send-only -i --interval --delay --rate --sum -t --telnet -o --hex --hex-dump --output --log --pcap --lint --append-output --raw --marks -e --exec -c --sh-exec --lua-exec --pty -E --program-errors --max-conns --allow --allowfile --deny --denyfile --broker --chat -L --tunnel --tunnel-port --tunnel-source -w --wait --idle-timeout -q --quit-after -N --half-close --no-shutdown -W --receive-limit --close -x --proxy -X --proxy-type -P --proxy-user --proxy-auth --proxy-dns --tls --cafile --pin --insecure --ssl-verify --tls-name --sni --alpn --cert --key --require-client-cert --tls-min --tls-max --ciphers --keylog --starttls --warn --pem -T --tos -M --ttl -m --min-ttl -I --receive-buffer -O --send-buffer -S --md5 -D --debug-socket -b --broadcast -g --gateway -G --pointer --mptcp -v --verbose --why --progress --json --colour --exit-status --dialect -h --help -V --version'
        return
    fi
    for word in "${COMP_WORDS[@]}"; do
        case $word in
        --unixsock) _nc_files; return ;;
        --*) ;;
        -*U*) _nc_files; return ;;
        esac
    done
    mapfile -t COMPREPLY < <(compgen -A hostname -- "${COMP_WORDS[COMP_CWORD]}")
}

complete -F _nc nc
