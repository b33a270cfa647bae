"""Why the operating system refused something, in Vietnamese and English."""

import errno
import os

_VIETNAMESE = {
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.ENOTDIR: "một phần của đường dẫn không phải thư mục",
    errno.EISDIR: "là thư mục, không phải tệp",
    errno.EEXIST: "đã có tệp cùng tên",
    errno.ENOSPC: "hết dung lượng đĩa",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EADDRINUSE: "cổng đang có chương trình khác dùng",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ đó",
    errno.ECONNREFUSED: "máy chủ từ chối kết nối",
}


def explain(error: OSError) -> tuple[str, str]:
    """Say in Vietnamese and in English why; the system's own words where there is no other."""
    number = error.errno or 0
    # Host names that lead nowhere come with the resolver's own, negative numbers.
    english = os.strerror(number) if number > 0 else error.strerror or str(error)
    return _VIETNAMESE.get(number, english), english
