"""The words of repair registers: names of columns, statuses, outcomes and channels in the languages people keep them in.

A word that is not here costs nothing: the check lists it, and the user says what it means. Entries are in the
form that :func:`fold` gives them, so that accents, capitals, hyphens and points make no difference.
"""

import re
import unicodedata

STATUS, OUTCOME, CHANNEL = KINDS = ("Status", "Outcome", "Channel")

OPEN, CLOSED, CANCELLED = "Open", "Closed", "Cancelled"
FIXED, REPAIRABLE, END_OF_LIFE, UNKNOWN = OUTCOMES = ("Fixed", "Repairable", "End of life", "Unknown")
CHANNELS = ("Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other")

MEANINGS = {
	# A register with one column for both says by its status how the work ended.
	STATUS: (OPEN, CLOSED, CANCELLED, FIXED, REPAIRABLE, END_OF_LIFE),
	OUTCOME: OUTCOMES,
	CHANNEL: CHANNELS,
}

NOTHING = frozenset(
	"- -- --- – — . / n/a n.a. na n.v. k.a. s/d s.n. none null nil ? ?? ??? ???? 无 無 なし нет".split()
)
"""What people write where they have nothing to write; asked in lower case."""

_STATUS_WORDS = {
	OPEN: "open|new|registered|received|triaged|scheduled|assigned|in progress|work in progress|wip|working"
	"|under repair|on hold|hold|pending|waiting|awaiting parts|waiting for parts|reopened|replied|overdue"
	"|partially completed|to do|draft|confirmed|diagnosed|estimate|quotation|ready to repair|under review"
	"|offen|neu|angenommen|in arbeit|in bearbeitung|in reparatur|laufend|wartet|wartend|wartet auf teile"
	"|wartet auf ersatzteile|zuruckgestellt|geplant|beauftragt"
	"|abierto|abierta|nuevo|nueva|recibido|recibida|pendiente|en proceso|en curso|en reparacion|en taller"
	"|en espera|en espera de repuestos|esperando piezas|asignado|presupuestado|en diagnostico"
	"|ouvert|ouverte|nouveau|nouvelle|recu|en cours|en attente|en reparation|attente pieces"
	"|aperto|aperta|nuovo|in corso|in lavorazione|in attesa|in riparazione"
	"|aberto|aberta|novo|em andamento|em reparo|em reparacao|aguardando|aguardando pecas|pendente"
	"|nieuw|in behandeling|in reparatie|wachten|wacht op onderdelen"
	"|otwarte|nowe|w trakcie|w naprawie|oczekuje|открыт|открыта|новый|в работе|в ремонте|ожидание|ожидает запчасти"
	"|принят|处理中|维修中|待处理|待修|未完成|进行中|等待配件|待件|新建|已受理|未处理|打开"
	"|處理中|維修中|待處理|進行中|等待零件|待料|已受理|未處理|開啟|受付|受付済|修理中|対応中|部品待ち|未完了",
	CLOSED: "closed|done|complete|completed|fully completed|finished|resolved|solved|delivered|returned|collected"
	"|archived|invoiced|picked up|shipped"
	"|erledigt|abgeschlossen|geschlossen|fertig|ausgeliefert|abgeholt|zuruckgegeben|beendet|gelost|ausgegeben"
	"|cerrado|cerrada|terminado|terminada|finalizado|finalizada|entregado|entregada|completado|completada|resuelto"
	"|resuelta|devuelto|retirado|facturado"
	"|ferme|fermee|termine|terminee|clos|cloture|livre|rendu|resolu"
	"|chiuso|chiusa|completato|completata|consegnato|ritirato|risolto"
	"|fechado|fechada|concluido|concluida|entregue|finalizado|resolvido"
	"|gesloten|afgerond|klaar|afgehaald|geleverd|opgelost"
	"|zamkniete|zakonczone|zakonczono|wydane|odebrane|закрыт|закрыта|завершен|завершено|выполнено|выдан|выдано|готов|готово"
	"|已完成|完成|已关闭|关闭|已结案|结案|已取件|已取走|已交付|已解决|已结束"
	"|已關閉|關閉|已結案|結案|已取件|已交付|已解決|完了|完成|返却済|納品済|クローズ",
	CANCELLED: "cancelled|canceled|void|withdrawn|rejected|declined"
	"|storniert|abgebrochen|abgesagt|abgelehnt|zuruckgezogen"
	"|cancelado|cancelada|anulado|anulada|rechazado|rechazada"
	"|annule|annulee|refuse|annullato|annullata|rifiutato|geannuleerd|anulowane|anulowano|отменен|отменено|отказ"
	"|已取消|取消|作废|已撤销|撤销|已撤銷|作廢|キャンセル",
	FIXED: "repaired|fixed|repariert|instandgesetzt|behoben|reparado|reparada|arreglado|arreglada|solucionado"
	"|repare|reparee|riparato|riparata|consertado|consertada|gerepareerd|naprawione|naprawiono|отремонтирован|отремонтировано"
	"|исправлен|已修好|已修复|修好|已维修|维修完成|已修復|已維修|維修完成|修理済|修理済み|修理完了",
	REPAIRABLE: "repairable|reparierbar|reparable|riparabile|reparavel|可维修|可修复|可維修|可修復|修理可能",
	END_OF_LIFE: "not repairable|unrepairable|irreparable|beyond repair|beyond economic repair|ber|scrap|scrapped"
	"|nicht reparierbar|irreparabel|totalschaden|verschrottet|wirtschaftlicher totalschaden"
	"|no reparable|sin reparacion|sin solucion|desguace|desechado"
	"|non reparable|irreparable|non riparabile|irreparabile|irreparavel|sem conserto|niet te repareren|nie do naprawy"
	"|не подлежит ремонту|списан|无法维修|不可修|报废|无法修复|無法維修|無法修復|報廢|修理不能|修理不可|廃棄",
}
_OUTCOME_WORDS = {
	FIXED: "ok|working|successful|success|yes|ja|erfolgreich|si|exitoso|oui|reussi|sim|tak|да|успешно|成功|修理成功|正常"
	"|solved|resolved|resuelto|gelost|已解决|已解決|完成|已完成|done|completed|erledigt",
	REPAIRABLE: "partly|partially|partial|teilweise|parcial|parcialmente|partiel|parziale|частично|部分修复|部分修復|一部修理",
	END_OF_LIFE: "end of life|no|nein|failed|gescheitert|non|nao|失败|失敗|nie|нет",
	UNKNOWN: "unknown|unbekannt|desconocido|inconnu|sconosciuto|desconhecido|onbekend|nieznane|неизвестно|未知|不明|不详|不詳",
}
_CHANNEL_WORDS = {
	"Phone": "phone|telephone|call|phone call|hotline|telefon|anruf|telefonisch|telefono|llamada|telefonica"
	"|appel|telefonata|chiamata|telefone|ligacao|telefoon|телефон|звонок|电话|来电|電話|來電|热线|熱線",
	"E-mail": "e mail|email|mail|correo|correo electronico|courriel|posta elettronica|почта|邮件|电子邮件|邮箱|郵件|電子郵件|メール",
	"Web": "web|website|portal|online|form|web form|internet|webseite|sitio web|pagina web|site web|sito|сайт|网站|网页|官网|網站|網頁|ウェブ",
	"Walk-in": "walk in|counter|shop|in person|store|personlich|laden|theke|vor ort|abgegeben|mostrador|en tienda|en persona"
	"|presencial|tienda|comptoir|magasin|en magasin|di persona|negozio|balcao|loja|winkel|лично|мастерская|到店|上门|门店|柜台"
	"|門市|櫃台|到店|来店|店頭",
	"Messaging": "messaging|whatsapp|sms|chat|text|wechat|telegram|signal|line|messenger|微信|企业微信|短信|簡訊|мессенджер",
	"QR": "qr|qr code|二维码|扫码|二維碼|掃碼",
	"Fax": "fax|telefax|факс|传真|傳真|ファックス",
	"Other": "other|sonstige|sonstiges|andere|otro|otra|otros|autre|altro|outro|overig|inne|другое|其他|其它|その他",
}


def fold(text: str) -> str:
	"""A word as it is looked up: without capitals, accents, points and hyphens, one blank between parts.

	>>> fold("Avería ") == fold("AVERIA")
	True
	"""
	numero = re.sub(r"\b[Nn]\.?\s?[º°]", "no ", text)
	plain = unicodedata.normalize("NFKD", numero).casefold()
	plain = "".join(c for c in plain if not unicodedata.combining(c))
	# NFKD takes the voicing marks off kana, which are other letters: put them together again.
	plain = unicodedata.normalize("NFKC", plain)
	return re.sub(r"[\W_]+", " ", plain).strip()


def _table(words: dict[str, str]) -> dict[str, str]:
	return {fold(word): meaning for meaning, text in words.items() for word in text.split("|")}


_MEANING_OF = {
	STATUS: _table(_STATUS_WORDS),
	CHANNEL: {**{fold(channel): channel for channel in CHANNELS}, **_table(_CHANNEL_WORDS)},
	OUTCOME: {
		**_table({meaning: _STATUS_WORDS[meaning] for meaning in (FIXED, REPAIRABLE, END_OF_LIFE)}),
		**_table(_OUTCOME_WORDS),
	},
}


def propose_meaning(kind: str, word: str) -> str:
	"""What a word of a register means, one of MEANINGS[kind]; empty when it is not known."""
	return _MEANING_OF[kind].get(fold(word), "")


def is_nothing(text: str) -> bool:
	"""True for what people write into a cell that has no value: -, n/a, ????, 无."""
	return text.strip().casefold() in NOTHING
