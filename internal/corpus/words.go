package corpus

import "strings"

// The words are many and drawn evenly, so that texts compress about as well as real ones do.
var (
	thingsZH = strings.Fields(`水车 磨坊 面粉 河流 面包 麦田 粮仓 石磨 木轴 齿轮 堤坝 春汛 渡口 集市 账本 面包师
		磨坊主 学徒 船夫 农户 合作社 仓库 道路 桥梁 车间 工坊 机器 电网 风车 水库 渠道 闸门 雨季 收成 种子 土壤 气象 价格
		订单 运费 市场 预算 税收 贷款 利润 工资 合同 商会 工会 学校 图书馆 博物馆 医院 剧院 报纸 电台 网络 数据 地图 传感器
		算法 模型 服务器 芯片 电池 电缆 光纤 卫星 显微镜 实验室 论文 专利 标准 规则 议会 法案 方案 调查 报告 会议 论坛 展览
		节日 庙会 歌谣 故事 照片 纪录片 画家 诗人 教师 学生 医生 工程师 科学家 记者 居民 游客 志愿者 森林 湿地 候鸟 鱼群
		山谷 湖泊 海岸 港口 车站 铁路 公交 自行车 天气 温度 湿度 能源 煤炭 太阳能 节能 环境 垃圾 回收 材料 木材 钢铁 水泥`)
	verbsZH = strings.Fields(`修复了 建成了 推动了 减少了 增加了 改进了 带动了 记录了 发布了 更换了 调查了 讨论了 批准了
		推迟了 测量了 检验了 保护了 恢复了 连接了 支持了 取代了 影响了 吸引了 培养了 超过了 接近了 依靠着 等待着 面对着 守护着
		运送了 收购了 出售了 租用了 设计了 制造了 展示了 赞助了 采访了 研究了 公开了 预测了 解释了 否定了 证明了 节省了`)
	traitsZH = strings.Fields(`古老的 崭新的 沉重的 轻便的 安静的 忙碌的 宽阔的 狭窄的 昂贵的 便宜的 可靠的 脆弱的
		公共的 私人的 当地的 遥远的 年轻的 资深的 临时的 长期的 传统的 智能的 绿色的 复杂的 简单的 完整的 开放的 稳定的
		快速的 缓慢的 温暖的 寒冷的 著名的 普通的 首批 最后的 全部 多数 少数 主要的`)
	waysZH = strings.Fields(`已经 正在 再次 终于 逐步 迅速 悄悄 明显 大幅 略微 持续 首次 同时 共同 分别 主动 按时 提前
		重新 全面 初步 基本 几乎 仍然 不断 尽力 顺利 成功 公开 直接`)
	placesZH = strings.Fields(`上游 下游 北岸 南岸 老城 新区 镇上 村口 山脚 河湾 东郊 西郊 港区 全省 全国 各地 沿海 内陆
		平原 高原 县里 市里 国外 邻县 岛上 校园`)
	timesZH = strings.Fields(`今年春天 去年冬天 上个月 本周一 昨天上午 今天凌晨 近年来 十年前 未来三年 据统计 据介绍 值得一提的是
		与此同时 从长远看 会议指出 专家认为 数据显示 居民回忆 记者看到 一般来说 截至年底 汛期过后 当前 从产量看`)

	thingsEN = strings.Fields(`mill river baker harvest granary wheel millstone axle gear weir flood ferry market ledger
		apprentice boatman farmer cooperative warehouse road bridge workshop engine grid windmill reservoir channel sluice
		season crop seed soil forecast price order freight budget tax loan profit wage contract chamber union school library
		museum hospital theatre newspaper station network record map sensor method model server circuit battery cable fibre
		satellite microscope laboratory paper patent standard rule council bill plan survey report meeting forum exhibition
		festival fair song story photograph film painter poet teacher student doctor engineer scientist journalist visitor
		volunteer forest wetland heron shoal valley lake coast harbour railway bicycle weather energy timber steel cement`)
	verbsEN = strings.Fields(`repaired finished advanced reduced increased improved recorded published replaced examined
		discussed approved postponed measured tested protected restored connected supported outgrew affected attracted
		trained exceeded awaited faced guarded carried bought sold rented designed built showed sponsored interviewed
		studied disclosed predicted explained denied proved saved`)
	traitsEN = strings.Fields(`old new heavy light quiet busy wide narrow costly cheap reliable fragile public private local
		distant young seasoned temporary lasting traditional clever green complex simple complete open stable quick slow
		warm cold famous common early late whole major minor`)
	waysEN = strings.Fields(`already again finally gradually swiftly quietly clearly greatly slightly steadily first jointly
		separately willingly punctually newly fully nearly basically almost still constantly smoothly successfully openly directly`)
	placesEN = strings.Fields(`Upstream Downstream Northbank Southbank Oldtown Newfield Millbridge Hillfoot Eastmoor Westmoor
		Harbourside Longmeadow Stonegate Fenwick Ashford Brookend Highfield Lowfield Thornhill Weirside`)
	timesEN = []string{
		"This spring", "Last winter", "A month ago", "On Monday", "Yesterday", "Before dawn", "In recent years", "Ten years ago",
		"Within three years", "By all accounts", "It is said that", "Remarkably", "Meanwhile", "In the long run", "As was reported,",
		"Experts hold that", "The figures show that", "Residents recall that", "As a rule", "By the end of the year", "After the flood",
	}
)
