# What `backup` and `restore` share: whom they speak to (libpq's PG… variables), and where dumps lie.
: "${PGDATABASE:=ioc}" "${PGUSER:=postgres}" "${BACKUPS:=/backups}"
if [ -n "${PGPASSWORD_FILE:-}" ]; then
	PGPASSWORD=$(cat "$PGPASSWORD_FILE")
	export PGPASSWORD
fi
export PGDATABASE PGUSER
fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}
