#!/bin/sh
# One unattended run: what cron and systemd call. Settings come from the environment or from /etc/auditkit.conf.
#   AUDITKIT_FORMS  folder of forms     AUDITKIT_OUT   folder of reports     AUDITKIT_YEAR  fiscal year
#   AUDITKIT        the program         AUDITKIT_LOG   log file              AUDITKIT_MAIL  who gets the summary (optional)
set -u
# shellcheck source=/dev/null
[ -r "${AUDITKIT_CONF:-/etc/auditkit.conf}" ] && . "${AUDITKIT_CONF:-/etc/auditkit.conf}"
: "${AUDITKIT_FORMS:?}" "${AUDITKIT_OUT:?}" "${AUDITKIT_YEAR:?}"
log=${AUDITKIT_LOG:-$AUDITKIT_OUT/auditkit.log}
mkdir -p "$AUDITKIT_OUT"

# A log of more than 5 MB is put aside, of which four are kept.
if [ -f "$log" ] && [ "$(wc -c <"$log")" -gt 5242880 ]; then
    for number in 3 2 1; do
        [ -f "$log.$number" ] && mv -f "$log.$number" "$log.$((number + 1))"
    done
    mv -f "$log" "$log.1"
fi

# The program itself keeps a second run out of the folder.
"${AUDITKIT:-auditkit}" run "$AUDITKIT_FORMS" --year "$AUDITKIT_YEAR" --out "$AUDITKIT_OUT" >>"$log" 2>&1
status=$?
echo "$(date '+%Y-%m-%d %H:%M:%S') exit $status" >>"$log"

if [ -n "${AUDITKIT_MAIL:-}" ] && command -v mail >/dev/null; then
    # Where the run did not come to its end, the summary is still that of the run before.
    case $status in
    0 | 3) cat "$AUDITKIT_OUT/summary.txt" ;;
    *) tail -n 5 "$log" ;;
    esac | mail -s "auditkit $AUDITKIT_YEAR ($status)" "$AUDITKIT_MAIL"
fi
exit "$status"
