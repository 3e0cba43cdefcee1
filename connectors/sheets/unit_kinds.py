"""The kinds of fault in telling whose figure a line is, in both languages."""

from connectors.sheets.fault import Kind

NO_UNIT = Kind(
    "no code of a commune (5 digits), district (3) or province (2): {said!r:.60}",
    "không phải mã xã (5 chữ số), huyện (3) hay tỉnh (2): “{said:.60}”",
)
LOST_ZEROS = Kind(
    "the code {said} is a number and may have lost its zeros: format the cell as text and write all digits",
    "mã {said} ở ô kiểu số có thể đã mất số 0 ở đầu; định dạng ô kiểu chữ và ghi đủ chữ số",
)
UNKNOWN_UNIT = Kind(
    "the unit {said!r:.60} has no code here: add a column 'Mã đơn vị', or name it in the source's `units`",
    "chưa biết mã của đơn vị “{said:.60}”; thêm cột “Mã đơn vị”, hoặc khai báo trong `units` của nguồn",
)
UNIT_MISSING = Kind(
    "no unit of administration: add a column 'Mã đơn vị', or set the source's `unit`",
    "thiếu đơn vị hành chính; thêm cột “Mã đơn vị”, hoặc đặt `unit` cho nguồn",
)
UNKNOWN_LEVEL = Kind(
    "{said!r:.60} is no level of administration: write Thôn, Xã, Huyện or Tỉnh",
    "“{said:.60}” không phải cấp hành chính; viết Thôn, Xã, Huyện hoặc Tỉnh",
)
LEVEL_AND_CODE = Kind(
    "the level {said!r:.40} does not go with the code {code}: correct one of them",
    "cấp “{said:.40}” không khớp với mã {code}; sửa một trong hai",
)
HAMLET_MISSING = Kind(
    "a figure of a village without its name: fill in the column 'Thôn'",
    "số liệu cấp thôn mà thiếu tên thôn; điền cột “Thôn”",
)
