// The Vietnamese locale of Plotly: separators, dates and the words of its tools. Plotly's own "vi"
// has no separators. Graphs use it with config {locale: "vi"}; it may load before or after Plotly.
(function () {
  "use strict";

  var locale = {
    moduleType: "locale",
    name: "vi",
    dictionary: {
      "Autoscale": "Tự chỉnh thang đo",
      "Box Select": "Chọn theo khung",
      "Cancel": "Bỏ",
      "Click to enter Colorscale title": "Bấm để đặt tên thang màu",
      "Click to enter Component A title": "Bấm để đặt tên thành phần A",
      "Click to enter Component B title": "Bấm để đặt tên thành phần B",
      "Click to enter Component C title": "Bấm để đặt tên thành phần C",
      "Click to enter Plot subtitle": "Bấm để đặt tên phụ của biểu đồ",
      "Click to enter Plot title": "Bấm để đặt tên biểu đồ",
      "Click to enter X axis title": "Bấm để đặt tên trục ngang",
      "Click to enter Y axis title": "Bấm để đặt tên trục đứng",
      "Click to enter radial axis title": "Bấm để đặt tên trục bán kính",
      "Close": "Đóng",
      "Compare data on hover": "So sánh số liệu khi chỉ vào",
      "Double click on legend to isolate individual trace": "Bấm đúp vào chú giải để chỉ xem một mục",
      "Double-click on legend to isolate one trace": "Bấm đúp vào chú giải để chỉ xem một mục",
      "Double-click to zoom back out": "Bấm đúp để trở lại toàn cảnh",
      "Double-click to<br>zoom back out": "Bấm đúp để trở lại<br>toàn cảnh",
      "Download plot": "Tải biểu đồ",
      "Download plot as JSON": "Tải biểu đồ dạng JSON",
      "Download plot as a PNG": "Tải ảnh biểu đồ (PNG)",
      "Download plot as a png": "Tải ảnh biểu đồ (PNG)",
      "Draw circle": "Vẽ hình tròn",
      "Draw closed freeform": "Vẽ nét khép kín",
      "Draw line": "Vẽ đoạn thẳng",
      "Draw open freeform": "Vẽ nét tự do",
      "Draw rectangle": "Vẽ hình chữ nhật",
      "Edit in Chart Studio": "Sửa trong Chart Studio",
      "Erase active shape": "Xóa hình đang chọn",
      "High": "Cao",
      "Image": "Ảnh",
      "Image download succeeded": "Đã tải ảnh",
      "Incoming flow count": "Số luồng vào",
      "JSON download succeeded": "Đã tải tệp JSON",
      "Lasso Select": "Chọn tự do",
      "Low": "Thấp",
      "Open": "Mở",
      "Orbital rotation": "Xoay quanh quỹ đạo",
      "Outgoing flow count": "Số luồng ra",
      "Pan": "Kéo",
      "Preparing image - this may take a few seconds": "Đang tạo ảnh, xin chờ vài giây",
      "Produced with Plotly": "Vẽ bằng Plotly",
      "Produced with Plotly.js": "Vẽ bằng Plotly.js",
      "Reset": "Đặt lại",
      "Reset axes": "Đặt lại các trục",
      "Reset camera to default": "Đặt lại góc nhìn mặc định",
      "Reset camera to last save": "Đặt lại góc nhìn đã lưu",
      "Reset view": "Đặt lại khung nhìn",
      "Reset views": "Đặt lại các khung nhìn",
      "Share": "Chia sẻ",
      "Share chart": "Chia sẻ biểu đồ",
      "Show closest data on hover": "Hiện số liệu gần nhất khi chỉ vào",
      "Snapshot succeeded": "Đã chụp ảnh",
      "Sorry there was a problem downloading your snapshot!": "Chưa tải được ảnh, xin thử lại.",
      "Sorry, there was a problem downloading your JSON file!": "Chưa tải được tệp JSON, xin thử lại.",
      "Sorry, there was a problem downloading your image!": "Chưa tải được ảnh, xin thử lại.",
      "Source": "Nguồn",
      "Taking snapshot - this may take a few seconds": "Đang chụp ảnh, xin chờ vài giây",
      "Target": "Đích",
      "Toggle Spike Lines": "Bật hoặc tắt đường dóng",
      "Toggle show closest data on hover": "Bật hoặc tắt hiện số liệu gần nhất",
      "Turntable rotation": "Xoay bàn tròn",
      "Zoom": "Phóng to",
      "Zoom in": "Phóng to",
      "Zoom out": "Thu nhỏ",
      "kde": "mật độ",
      "lat": "vĩ độ",
      "lon": "kinh độ",
      "lower fence": "hàng rào dưới",
      "max": "lớn nhất",
      "mean": "trung bình",
      "mean ± σ": "trung bình ± σ",
      "median": "trung vị",
      "min": "nhỏ nhất",
      "q1": "tứ phân vị 1",
      "q3": "tứ phân vị 3",
      "trace": "chuỗi",
      "upper fence": "hàng rào trên"
    },
    format: {
      days: ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"],
      shortDays: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
      months: [
        "Tháng 1", "Tháng 2", "Tháng 3", "Tháng 4", "Tháng 5", "Tháng 6",
        "Tháng 7", "Tháng 8", "Tháng 9", "Tháng 10", "Tháng 11", "Tháng 12"
      ],
      shortMonths: [
        "Thg 1", "Thg 2", "Thg 3", "Thg 4", "Thg 5", "Thg 6",
        "Thg 7", "Thg 8", "Thg 9", "Thg 10", "Thg 11", "Thg 12"
      ],
      periods: ["SA", "CH"],
      dateTime: "%H:%M:%S %d/%m/%Y",
      date: "%d/%m/%Y",
      time: "%H:%M:%S",
      decimal: ",",
      thousands: ".",
      grouping: [3],
      currency: ["", " đ"],
      year: "%Y",
      month: "%B/%Y",
      dayMonth: "%d/%m",
      dayMonthYear: "%d/%m/%Y"
    }
  };

  if (window.Plotly && window.Plotly.register) {
    window.Plotly.register(locale);
  } else {
    // Plotly registers what waits here when it loads.
    window.PlotlyLocales = window.PlotlyLocales || [];
    window.PlotlyLocales.push(locale);
  }
})();
