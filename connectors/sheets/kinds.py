"""Every kind of fault that a table can have, in both languages; those of units of administration in ``unit_kinds``."""

from connectors.sheets.fault import Kind

_AGAIN = "open it in Excel, save it as .xlsx and send it again"
_AGAIN_VI = "mở bằng Excel, lưu lại thành .xlsx rồi gửi lại"

# The file as a whole.
TOO_LARGE = Kind("{size} bytes, at most {most} are read", "tệp {size} byte, chỉ nhận tối đa {most} byte")
NO_BOOK = Kind(
    f"neither .xlsx, .xls, .ods nor text ({{size}} bytes): {_AGAIN}",
    f"không phải .xlsx, .xls, .ods hay văn bản .csv ({{size}} byte); {_AGAIN_VI}",
)
HALF = Kind(
    f"not a whole file ({{size}} bytes), half-written or of another kind: {_AGAIN} ({{error}})",
    f"tệp không nguyên vẹn ({{size}} byte), ghi dở hoặc thuộc loại khác; {_AGAIN_VI}",
)
DAMAGED = Kind(f"{{part}} is damaged: {_AGAIN} ({{error}})", f"{{part}} bị hỏng; {_AGAIN_VI}")
UNREADABLE = Kind(f"calamine can't read the file: {_AGAIN} ({{error}})", f"không đọc được tệp; {_AGAIN_VI}")
UNPACKS = Kind(
    "unpacks to {size} bytes, at most {most} are read",
    "giải nén ra {size} byte, chỉ nhận tối đa {most} byte; xóa bớt trang và hình ảnh",
)
TWICE = Kind(f"the file holds a part twice: {_AGAIN}", f"tệp chứa hai phần trùng tên; {_AGAIN_VI}")
PACKING = Kind(f"the file is packed in an unusual way: {_AGAIN}", f"tệp nén theo cách lạ; {_AGAIN_VI}")
NO_PART = Kind(
    f"the file has no part {{part}}, so it is no workbook: {_AGAIN}",
    f"tệp thiếu phần {{part}}, không phải bảng tính; {_AGAIN_VI}",
)
SHEET_PART = Kind(
    f"sheet {{name!r}} is there twice or not at all: {_AGAIN}", f"trang {{name}} bị trùng hoặc thiếu; {_AGAIN_VI}"
)
DOCTYPE = Kind(f"{{part}} declares a document type: {_AGAIN}", f"{{part}} có khai báo DOCTYPE; {_AGAIN_VI}")
NO_CELL = Kind(f"{{said!r:.40}} is no cell: {_AGAIN}", f"{{said:.40}} không phải là ô; {_AGAIN_VI}")
FAR = Kind(
    "a value so far away is no table of ours: clear the cell, {last} is the last read",
    "ô quá xa bảng số liệu; xóa ô này, chỉ đọc đến {last}",
)
VAST = Kind(
    "the table would be {rows} × {columns} cells: clear the stray cell that is farthest from A1",
    "bảng thành {rows} × {columns} ô; xóa ô lạc nằm xa A1 nhất",
)
ENCODING = Kind(
    "the text is neither UTF-8 nor a Vietnamese encoding that is known: save it as 'CSV UTF-8'",
    "không nhận ra bảng mã tiếng Việt của tệp; lưu lại kiểu “CSV UTF-8”",
)
PERSONS = Kind(
    "the column {said!r:.40} is of persons, and aggregates only are taken; the file was not kept:"
    " send the summary form",
    "cột “{said:.40}” chứa dữ liệu cá nhân, hệ thống chỉ nhận số tổng hợp và không lưu tệp này; gửi biểu tổng hợp",
)
UNSEEN = Kind(
    "the file can't be opened, so nobody knows whether persons are in it; it was not kept: open it in Excel, save it as"
    " .xlsx and send it again",
    "không mở được tệp để kiểm tra dữ liệu cá nhân nên không lưu; mở bằng Excel, lưu lại thành .xlsx rồi gửi lại",
)

# Cells.
NEVER_CALCULATED = Kind("a formula that was never calculated", "công thức chưa được tính")
SPOILED = Kind("{error}, where {title} is expected: mend the formula", "{error} ở ô cần {title}; sửa lại công thức")
PERCENTAGE = Kind("a percentage", "tỷ lệ %")
NOT_A_NUMBER = Kind(
    "a number is expected, not {said!r:.60}: write it as 3.463.459,2 or as a numeric cell",
    "“{said:.60}” không phải là số; viết như 3.463.459,2 hoặc để ô kiểu số",
)
TRUTH = Kind("a number is expected, not {said}", "cần một số, không phải {said}")
DATE_CELL = Kind(
    "a number is expected, not the date or time {said}: format the cell as a number",
    "cần một số, không phải ngày giờ {said}; đổi định dạng ô sang số",
)
AMBIGUOUS = Kind(
    "{said!r} is text and ambiguous: {whole}, or {decimal}? Type it as a number, or write {whole_vi} for the first",
    "“{said}” là chữ và có hai cách hiểu: {whole} hay {decimal}? Gõ vào ô kiểu số, hoặc viết {whole_vi} nếu là số"
    " thứ nhất",
)
NEGATIVE = Kind(
    "{said} is negative, and {title!r} is an estimate of 0 or more: correct it",
    "{said} là số âm, mà “{title}” là dự toán không âm; sửa lại",
)
BELOW_ZERO = Kind(
    "{said} is negative, and {title!r} can't be: correct it", "{said} là số âm, “{title}” không thể âm; sửa lại"
)
TOO_MUCH_MONEY = Kind(
    "{said} × {unit} đồng is more than a commune can have: check the unit (Đơn vị tính)",
    "{said} × {unit} đồng lớn hơn mức một xã có thể có; kiểm tra đơn vị tính",
)
TOO_MUCH = Kind("{said} is more than can be believed: correct it", "{said} lớn đến mức không thể tin được; sửa lại")
NO_PERCENT = Kind("a percentage is expected, not {said}", "cần một tỷ lệ %, không phải {said}")
OVER_HUNDRED = Kind(
    "{said} % of {title!r}, at most 100 %: correct it", "{said} % của “{title}” vượt quá 100 %; sửa lại"
)
FRACTION = Kind(
    "{said} of {title!r:.80}, which is counted in whole numbers: correct it",
    "{said} “{title:.80}” không phải số nguyên; sửa lại",
)
BACKWARDS = Kind(
    "the range {said!r} runs backwards: write the smaller first", "khoảng “{said}” viết ngược; viết số nhỏ trước"
)
ZERO_WHOLE = Kind(
    "{said!r:.60}: the denominator is 0: correct it, or leave the share empty",
    "“{said:.60}”: mẫu số bằng 0; sửa lại hoặc để trống tỷ lệ",
)
HALF_SHARE = Kind("a denominator without a numerator: fill in {title!r}", "có mẫu số mà không có tử số; điền “{title}”")
TWO_SHARES = Kind(
    "{said!r:.60} is not the numerator and denominator of its columns: keep one of them",
    "“{said:.60}” khác tử số, mẫu số ở cột riêng; chỉ giữ một cách ghi",
)

# Sheets and headings.
NO_SHEET = Kind(
    "{found}; the tabs are: {tabs:.200}. Name exactly one of them {sheet}",
    "{found}; các trang hiện có: {tabs:.200}. Đặt tên đúng một trang là {sheet}",
)
SHEETS_ALIKE = Kind("{count} sheets read as {sheet!r}", "{count} trang cùng đọc thành “{sheet}”")
SHEET_MISSING = Kind("no sheet {sheet!r}", "thiếu trang “{sheet}”")
NO_FLOW = Kind(
    "the table reads neither as Chi nor as Thu: name the file chi….csv or thu….csv, or keep the headings of the form",
    "không rõ bảng là Chi hay Thu; đặt tên tệp chi….csv hoặc thu….csv, hoặc giữ nguyên tiêu đề cột của mẫu",
)
NO_HEADING = Kind(
    "no line of headings with {titles}: the table can't be found",
    "không thấy dòng tiêu đề có {titles}; không xác định được bảng",
)
SECOND_COLUMN = Kind(
    "a second column that reads as {title!r}: rename or remove one",
    "hai cột cùng đọc thành “{title}”; đổi tên hoặc xóa một cột",
)
NO_COLUMN = Kind(
    "no column {title!r} beside the headings: {seen:.200}", "thiếu cột “{title}”; các tiêu đề hiện có: {seen:.200}"
)
NO_MONEY = Kind(
    "no 'Đơn vị tính: Triệu đồng' (or Đồng, Nghìn đồng, Tỷ đồng) anywhere in the sheet: add it",
    "không thấy “Đơn vị tính: Triệu đồng” (hoặc Đồng, Nghìn đồng, Tỷ đồng) trên trang; ghi thêm",
)
NO_MONEY_UNIT = Kind(
    "{said!r:.80} is no unit of money: write Đồng, Nghìn đồng, Triệu đồng or Tỷ đồng",
    "“{said:.80}” không phải đơn vị tiền; viết Đồng, Nghìn đồng, Triệu đồng hoặc Tỷ đồng",
)
SECOND_MONEY = Kind(
    "a second unit of money in one sheet: keep one 'Đơn vị tính'",
    "hai đơn vị tiền trên một trang; chỉ giữ một “Đơn vị tính”",
)

# Periods.
NO_DAY = Kind("{said!r:.80}: no day was found; {form}", "“{said:.80}”: không thấy ngày; {form}")
NO_SUCH_DAY = Kind("{said!r:.80}: {day} is no day of the calendar; {form}", "“{said:.80}”: không có ngày {day}; {form}")
NOT_COME = Kind("{said!r:.80}: {day} has not come yet; {form}", "“{said:.80}”: {day} chưa đến; {form}")
AS_CUMULATIVE = Kind("write it as 'Lũy kế đến 25/8/2026'", "viết như “Lũy kế đến 25/8/2026”")
AS_PERIOD = Kind(
    "write it as 'Quý III năm 2026', 'Tháng 8/2026' or 'Từ 08/12/2022 đến 23/10/2023'",
    "viết như “Quý III năm 2026”, “Tháng 8/2026” hoặc “Từ 08/12/2022 đến 23/10/2023”",
)
AS_ONE_PERIOD = Kind(
    "it names several; add a line 'Kỳ báo cáo: Tháng 9 năm 2026' for the one of the figures",
    "nêu nhiều kỳ; ghi thêm dòng “Kỳ báo cáo: Tháng 9 năm 2026” cho kỳ của số liệu",
)
NO_PERIOD = Kind("{said!r:.80} is no period: {form}", "“{said:.80}” không phải kỳ báo cáo; {form}")
MONTH_OR_DAY = Kind(
    "the date {said} may be the month or its first day: format the cell as text and write '{month}', or '{day}'",
    "ngày {said} có thể là cả tháng hoặc ngày đầu tháng; đổi định dạng ô sang chữ rồi viết “{month}” hoặc “{day}”",
)
PERIOD_BACKWARDS = Kind("{said!r:.80} ends before it begins: {form}", "“{said:.80}” kết thúc trước khi bắt đầu; {form}")
SECOND_DAY = Kind(
    "a second day in one sheet: keep one title 'Lũy kế đến …'",
    "hai ngày lũy kế trên một trang; chỉ giữ một “Lũy kế đến …”",
)
SECOND_PERIOD = Kind(
    "a second period in one sheet ({first} at {cell}): keep one, or add a column 'Kỳ'",
    "hai kỳ báo cáo trên một trang (kỳ kia ở ô {cell}); chỉ giữ một kỳ hoặc thêm cột “Kỳ”",
)
OTHER_PERIOD = Kind(
    "the column {title!r:.60} speaks of another period than the table, {start} to {end}: correct heading or title",
    "cột “{title:.60}” nói kỳ khác với kỳ của bảng ({start}–{end}); sửa tiêu đề cột hoặc kỳ báo cáo",
)
NO_CUMULATIVE = Kind(
    "no title 'Lũy kế đến 25/8/2026' anywhere in the sheet: add it, with the day of the figures",
    "không thấy “Lũy kế đến 25/8/2026” trên trang; ghi thêm, với ngày của số liệu",
)
PERIOD_MISSING = Kind(
    "no period above the table: add 'Quý III năm 2026', 'Tháng 8 năm 2026' or a column 'Kỳ'",
    "không thấy kỳ báo cáo phía trên bảng; ghi thêm “Quý III năm 2026”, “Tháng 8 năm 2026” hoặc thêm cột “Kỳ”",
)

# Lines.
LABEL_DATE = Kind(
    "the TT has become the date {said}: format the cell as text and type it again",
    "số thứ tự đã thành ngày {said}; định dạng ô kiểu chữ rồi gõ lại",
)
SAME_LABEL = Kind(
    "the same TT {label!r} as {cell}: number one of them differently",
    "trùng số thứ tự “{label}” với ô {cell}; đánh số lại",
)
NO_TOTAL = Kind(
    "no line 'Tổng số', and no line A that stands for all: add the total",
    "thiếu dòng “Tổng số” và không có dòng A đại diện cho toàn bộ; thêm dòng tổng",
)
NAMELESS = Kind(
    "figures without a name: write the {title} of this line", "dòng có số mà không có tên; ghi {title} của dòng này"
)
UNKNOWN_NAME = Kind(
    "no {what} is called {said!r:.120}; the nearest is {nearest!r:.120}: correct the name, or add it to the catalogue",
    "không có {what} “{said:.120}”; gần nhất là “{nearest:.120}”; sửa tên hoặc bổ sung vào danh mục",
)
INDICATOR = Kind("indicator", "chỉ tiêu")
DISEASE = Kind("disease", "bệnh")
BREAKDOWN = Kind("breakdown", "phân tổ")
NO_PARENT = Kind(
    "the breakdown {said!r:.80} stands below no indicator: move it below its own",
    "phân tổ “{said:.80}” không nằm dưới chỉ tiêu nào; chuyển xuống dưới chỉ tiêu của nó",
)
OTHER_MEASURE = Kind(
    "{title!r:.80} is counted in {expected!r}, not in {said!r:.40}: correct the unit or the name",
    "“{title:.80}” tính bằng “{expected}”, không phải “{said:.40}”; sửa đơn vị tính hoặc tên chỉ tiêu",
)
NOT_TRUE_OR_FALSE = Kind(
    "{said!r:.60} is neither yes nor no: write Có or Không for {title!r:.80}",
    "“{said:.60}” không phải Có hay Không; ghi Có hoặc Không cho “{title:.80}”",
)
NOTHING_SAID = Kind(
    "none of the table's lines holds a figure: fill in the form",
    "không dòng nào của bảng có số liệu; điền biểu rồi gửi lại",
)
TWICE_SAID = Kind(
    "the same figure as in {cell}, with another value: keep one of them",
    "trùng chỉ tiêu với ô {cell} nhưng khác số; chỉ giữ một dòng",
)
SHEETS_DIFFER = Kind(
    "the same figure as in {cell}, with another value: keep one sheet, or tell whose it is in a column 'Mã đơn vị'",
    "trùng chỉ tiêu với ô {cell} nhưng khác số; chỉ giữ một trang, hoặc ghi cột “Mã đơn vị” nếu là hai xã",
)


def amount(title: str) -> Kind:
    """Return how an amount of a column is named in a fault."""
    return Kind(f"the amount {title!r}", f"số tiền “{title}”")
