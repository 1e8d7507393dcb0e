# Builds a root folder that holds system programs, the scratch folder and nothing else, in namespaces of its own,
# gives up every privilege and executes the rest of the arguments there.
# Arguments: scratch folder, uid, gid, mode (root: we are root; user: root of a user namespace only), tool folder, program...
set -e
# Whatever fails here is the wall's trouble, not that of the program which then never ran.
trap 'exit 117' EXIT
folder=$1 uid=$2 gid=$3 mode=$4 tools=$5
shift 5
root=$folder/root
mount -t tmpfs -o mode=0755 holdfast "$root"
cd "$root"
mkdir -p usr etc dev/shm proc tmp
for entry in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$entry" ]; then ln -s "$(readlink "/$entry")" "$entry"
  elif [ -d "/$entry" ]; then mkdir "$entry"; mount --rbind "/$entry" "$entry"
  fi
done
mount --rbind /usr usr
[ ! -d /var/cache/postgresql ] || { mkdir -p var/cache/postgresql; mount --rbind /var/cache/postgresql var/cache/postgresql; }
for file in passwd group nsswitch.conf ld.so.cache localtime; do
  [ ! -e "/etc/$file" ] || cp -L "/etc/$file" "etc/$file"
done
for node in null zero full random urandom; do
  : > "dev/$node"; mount --bind "/dev/$node" "dev/$node"
done
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777 holdfast dev/shm
mount -t tmpfs -o mode=1777 holdfast tmp
mount -t proc -o nosuid,nodev,noexec proc proc 2>/dev/null || :
mkdir -p "./$folder" "./$tools"
mount --bind "$folder" "./$folder"
# Who is outside writes the inbox; inside, a link planted there would lead that hand elsewhere. A user namespace may only
# add to the flags that the file system has, so they are tried from few to many.
if [ -d "$folder/inbox" ]; then
  inbox=./$folder/inbox
  mount --bind "$folder/inbox" "$inbox"
  mount -o remount,bind,ro "$inbox" 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev "$inbox" 2>/dev/null ||
    mount -o remount,bind,ro,nosuid,nodev,noexec "$inbox"
fi
case $tools in /usr/*|/bin/*) ;; *) mount --rbind "$tools" "./$tools" ;; esac
cd /
if [ "$mode" = root ]; then
  exec chroot "$root" setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all --pdeathsig KILL -- "$@"
fi
exec unshare --user --map-user="$uid" --map-group="$gid" --root="$root" --wd=/ -- setpriv --no-new-privs --pdeathsig KILL -- "$@"
